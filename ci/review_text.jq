# What review.jq made, for people: at most 76 columns but for titles.
def number: .step | ltrimstr("patch-");

# "I2, I8 (gone again with 4/4)"
def ids($count): [.[] | .property +
  if .gone_with then " (gone again with \(.gone_with | ltrimstr("patch-"))/\($count))" else "" end] |
  join(", ");

# Lines of at most 72 columns, indented.
def wrapped:
  reduce (split(" ")[]) as $word ([""];
    if .[-1] == "" then .[-1] = $word
    elif (.[-1] + " " + $word | length) <= 72 then .[-1] += " " + $word
    else . + [$word] end) | map("    " + .) | join("\n");

# "v2 repairs I2, I8; keeps I33; brings I15"
def beside:
  . as $all |
  [("repairs", "keeps", "brings") | . as $what |
   [$all.findings[] | select(.what == $what) | .property] | select(. != []) |
   "\($what) \(join(", "))"] |
  if . != [] then "\($all.with) \(join("; "))"
  elif any($all.findings[]; .what == "unknown") or $all.unknown != null or $all.unknown_with != null
  then empty
  else "neither \($all.series) nor \($all.with) shows what the tree does not" end;

# What each id says, once, in the order in which they come.
def legend:
  [(.patches[] | .brings[].property, .repairs[]),
   (.against | select(. != null) | .findings[].property, .also_repairs[], .no_longer_repairs[])] |
  reduce .[] as $id ([]; if index($id) then . else . + [$id] end) |
  select(. != []) |
  "\nWhat the ids say (groupfuzz explain ID says more):",
  (.[] as $id | $properties[].properties[] | select(.property == $id) |
   "\(.property): \(.statement)" | wrapped);

def whole($tree):
  "\nThe whole of \(.with) beside the whole of \(.series), both on \($tree):",
  (beside | wrapped),
  (.findings[] | select(.what == "unknown") |
    "unknown whether \(.unknown_of) shows \(.property): \(.why)" | wrapped),
  (select(.unknown != null) | "\(.series) was not judged to its end: \(.unknown)" | wrapped),
  (select(.unknown_with != null) |
    "\(.with) was not judged to its end: \(.unknown_with)" | wrapped),
  (select(.also_repairs != []) |
    "of what the tree shows, \(.with) alone repairs \(.also_repairs | join(", "))" | wrapped),
  (select(.no_longer_repairs != []) |
    "of what the tree shows, \(.series) alone repairs \(.no_longer_repairs | join(", "))" |
    wrapped),
  (.findings[] | .counterexample as $example | select($example != null) |
    "    \(.property): programs/\($example.design | ltrimstr("linux:"))-\(.property).txt",
    "        from \($example.source)");

(.patches | length) as $count |
"\($count) patch\(if $count == 1 then "" else "es" end) on \(.tree); "
   + "what that shows without them does not count\n",
(.patches[] |
 "\(number)/\($count) \(.title)",
 if .not_judged then "not judged: \(.not_judged)" | wrapped
 else
   (if .brings == [] then "brings nothing new" else "brings " + (.brings | ids($count)) end |
     wrapped),
   (select(.repairs != []) |
     "no longer shows \(.repairs | join(", ")), which the tree does" | wrapped),
   (select(.unknown != null) | "unknown: \(.unknown)" | wrapped),
   (select(.changed != null) | "of the series so far: \(.changed)" | wrapped)
 end),
(.tree as $tree | .against | select(. != null) | whole($tree)),
legend
