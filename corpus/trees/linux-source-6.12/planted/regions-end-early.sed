# The first region that needs no mapping ends the search for those that do.
# expect I40
# says the direct region of
/need to consider overlapping regions/,/start = ALIGN/ s/\bcontinue;/break;/
