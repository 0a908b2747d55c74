# What the corpus says is known, as headers that are included where an array begins: a program needs
# no source tree at hand.

# groupfuzz_corpus_header(TARGET NAME CONTENT FILE...)
#   Gives TARGET the header NAME of that CONTENT; configures again when a FILE changes.
function(groupfuzz_corpus_header target name content)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/generated)
  file(GENERATE OUTPUT ${folder}/${name} CONTENT "${content}")
  foreach(variant ${target} ${target}_fast)
    if(TARGET ${variant})
      target_include_directories(${variant} PRIVATE ${folder})
    endif()
  endforeach()
endfunction()

# groupfuzz_known_programs(TARGET)
#   known_programs.inc: {PATH, TEXT}, of the programs of which something is known.
function(groupfuzz_known_programs target)
  set(corpus ${PROJECT_SOURCE_DIR}/corpus)
  file(GLOB programs CONFIGURE_DEPENDS ${corpus}/known/*.txt ${corpus}/regressions/*.txt)
  set(literals)
  foreach(program IN LISTS programs)
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${program})
    file(READ ${program} text)
    string(APPEND literals "{\"${path}\", R\"known(${text})known\"},\n")
  endforeach()
  groupfuzz_corpus_header(${target} known_programs.inc "${literals}" ${programs})
endfunction()

# groupfuzz_known_trees(TARGET)
#   known_trees.inc: {TREE, PATH, TEXT}, of each corpus/trees/TREE/release.
function(groupfuzz_known_trees target)
  file(GLOB releases CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/corpus/trees/*/release)
  set(literals)
  foreach(release IN LISTS releases)
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${release})
    cmake_path(GET release PARENT_PATH folder)
    cmake_path(GET folder FILENAME tree)
    file(READ ${release} text)
    string(APPEND literals "{\"${tree}\", \"${path}\", R\"known(${text})known\"},\n")
  endforeach()
  groupfuzz_corpus_header(${target} known_trees.inc "${literals}" ${releases})
endfunction()
