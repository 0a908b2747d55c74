# The bank of mutants in the build: sources that have every mutant of target/mutants woven in.
#
# groupfuzz_mutant_bank(NAME)
#   The library that knows the lines of the bank.
#
# groupfuzz_mutated_port(NAME)
#   The library of the mutants of the port: its sources once more, in a namespace of their own.
#
# groupfuzz_woven_tree(TREE OUT)
#   The folder of an iommu.c with the mutants of that kernel tree, made by the target OUT_woven, or
#   nothing where the bank has none for it.
file(GLOB GROUPFUZZ_MUTATED_SOURCES CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/target
    ${PROJECT_SOURCE_DIR}/target/designs/*.cc ${PROJECT_SOURCE_DIR}/target/designs/*.h
    ${PROJECT_SOURCE_DIR}/target/iommu/*.cc ${PROJECT_SOURCE_DIR}/target/iommu/*.h)
list(FILTER GROUPFUZZ_MUTATED_SOURCES EXCLUDE REGEX "_test.cc$")

file(GLOB GROUPFUZZ_MUTANT_BANK CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/target/mutants/*/*.mutants)
list(SORT GROUPFUZZ_MUTANT_BANK)

function(groupfuzz_mutant_bank name)
  set(woven ${CMAKE_CURRENT_BINARY_DIR}/bank)
  file(MAKE_DIRECTORY ${woven})
  set(bank ${woven}/mutants_bank.inc)
  add_custom_command(OUTPUT ${bank} COMMAND weave_mutants bank ${bank} ${GROUPFUZZ_MUTANT_BANK}
      DEPENDS weave_mutants ${GROUPFUZZ_MUTANT_BANK} COMMENT "Listing the mutants" VERBATIM)
  groupfuzz_library(${name} SRCS bank.cc ${bank} DEPS groupfuzz_mutants)
  foreach(variant ${name} ${name}_fast)
    if(TARGET ${variant})
      target_include_directories(${variant} PRIVATE ${woven})
    endif()
  endforeach()
endfunction()

function(groupfuzz_woven_tree tree target out)
  get_filename_component(folder ${tree} NAME)
  file(GLOB bank ${PROJECT_SOURCE_DIR}/target/mutants/${folder}/*.mutants)
  if(NOT bank)
    set(${out} "" PARENT_SCOPE)
    return()
  endif()
  set(woven ${CMAKE_CURRENT_BINARY_DIR}/woven/${folder})
  file(MAKE_DIRECTORY ${woven}/drivers/iommu)
  set(name drivers/iommu/iommu.c)
  set(in ${tree}/${name})
  add_custom_command(OUTPUT ${woven}/${name}
      COMMAND weave_mutants linux ${in} ${name} ${woven}/${name} ${folder}
              ${GROUPFUZZ_MUTANT_BANK}
      DEPENDS weave_mutants ${in} ${GROUPFUZZ_MUTANT_BANK}
      COMMENT "Weaving the iommu.c of ${folder}" VERBATIM)
  add_custom_target(${target} DEPENDS ${woven}/${name})
  set(${out} ${woven} PARENT_SCOPE)
endfunction()

function(groupfuzz_mutated_port name)
  set(woven ${CMAKE_CURRENT_BINARY_DIR}/woven)
  set(sources)
  foreach(source IN LISTS GROUPFUZZ_MUTATED_SOURCES)
    set(in ${PROJECT_SOURCE_DIR}/target/${source})
    set(out ${woven}/mutated/${source})
    cmake_path(GET out PARENT_PATH folder)
    file(MAKE_DIRECTORY ${folder})
    add_custom_command(OUTPUT ${out}
        COMMAND weave_mutants port ${in} target/${source} ${out} ${GROUPFUZZ_MUTANT_BANK}
        DEPENDS weave_mutants ${in} ${GROUPFUZZ_MUTANT_BANK} COMMENT "Weaving ${source}" VERBATIM)
    list(APPEND sources ${out})
  endforeach()
  groupfuzz_library(${name} MODELLED SRCS mutated_port.cc ${sources}
      DEPS groupfuzz_mutant_bank)
  target_include_directories(${name} PRIVATE ${woven})
  # What a mutant leaves unused is nobody's mistake.
  target_compile_options(${name} PRIVATE -w)
endfunction()
