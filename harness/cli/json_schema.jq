# Complains, one line each, of what documents (the input, a list of them, all of one command) and
# the tables of docs/json.md do not have in common.
# usage: jq -r -s --rawfile page docs/json.md --arg command NAME -f json_schema.jq DOCUMENT...

# The rows of one section, as {key, types}.
def rows_of($section):
  reduce ($page | split("\n")[]) as $line ({at: "", rows: []};
    if $line | startswith("## ") then .at = $line[3:]
    elif .at == $section and ($line | startswith("| `")) then
      .rows += [$line | capture("^\\| `(?<key>[^`]+)` \\| (?<types>[^|]+) \\|") |
        .types |= split(" or ")]
    else . end) | .rows;

# An execution is an object, and brings its own rows along.
def documented:
  rows_of("Every document") + rows_of($command) |
  map(., select(.types | index("execution")) as $outer |
    rows_of("execution")[] | .key = $outer.key + "." + .key) |
  map(.types |= map(if . == "execution" then "object" else . end));

def key_of($path):
  reduce $path[] as $part (""; if $part | type == "number" then . + "[]"
    elif . == "" then $part else . + "." + $part end);

def type_of: if type == "number" and . == floor then "integer" else type end;

# Every value of a document, as {key, type}.
def observed: . as $document | [paths | {key: key_of(.), type: (. as $path | $document | getpath($path) | type_of)}];

# The words of verdicts.
def verdicts: [.. | objects | select(has("verdict")) | .verdict] | unique;

documented as $rows |
(map(observed) | add | unique) as $seen |
($rows | map({(.key): .types}) | add) as $types |
($seen[] | . as $value |
  # What has documented parts needs no row of its own.
  select((.type == "array" or .type == "object") and
    any($rows[]; .key | startswith($value.key + "[]") or startswith($value.key + ".")) | not) |
  select($types[.key] // [] | index($value.type) | not) |
  "\($command): \(.key) is of type \(.type), which docs/json.md does not say"),
($rows[] | .key as $key | select(any($seen[]; .key == $key) | not) |
  "\($command): nothing has the key \($key) of docs/json.md"),
($rows | group_by(.key)[] | select(length > 1) |
  "\($command): docs/json.md says \(.[0].key) twice"),
(map(verdicts) | add | unique - [null, "unknown", "sampled", "exhausted"] | .[] |
  "\($command): no verdict is \(.)"),
(($page | capture("This is version (?<number>[0-9]+)\\.").number | tonumber) as $version |
  .[] | select(.version != $version or .schema != "groupfuzz." + $command) |
  "\($command): \(.schema) \(.version) is not version \($version) of its schema")
