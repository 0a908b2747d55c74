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

(.patches | length) as $count |
"\($count) patches on \(.tree); what that shows without them does not count\n",
(.patches[] |
 "\(number)/\($count) \(.title)",
 if .not_judged then "not judged: \(.not_judged)" | wrapped
 else
   (if .brings == [] then "brings nothing new" else "brings " + (.brings | ids($count)) end |
     wrapped),
   (select(.repairs != []) | "no longer shows " + (.repairs | join(", ")) | wrapped),
   (select(.unknown != null) | "unknown: \(.unknown)" | wrapped),
   (select(.changed != null) | "of the series so far: \(.changed)" | wrapped)
 end)
