# groupfuzz_linux_trees(TARGET SOURCES)
#   Builds the iommu.c of every tree in SOURCES into TARGET, each as one object with one global
#   symbol, and gives TARGET the list of them, linux_trees.inc. Sets GROUPFUZZ_LINUX_TREES to their
#   folders.
#
# groupfuzz_linux_varied(TARGET VARIANTS)
#   Builds into TARGET the trees of the last groupfuzz_linux_trees() and variants of them: for each
#   TREE|NAME|SCRIPT... in VARIANTS the design linux:TREE+NAME, whose iommu.c is changed by the sed
#   scripts (target/linux/vary-tree). A script that finds nothing to change is said, and the variant
#   left out.
#
# groupfuzz_linux_steps(TARGET STEPS)
#   Builds into TARGET the steps of a series of patches: the first is a tree; another one is a tree,
#   or has no more than an iommu.c in the place of that of the first.
#
# A tree is a folder, or a tarball, which is extracted below the build folder once. It is only read.
set(LINUX_SOURCE "" CACHE STRING
    "Kernel trees to test beside the port: folders or tarballs, separated by semicolons")

function(groupfuzz_extract_tree source out)
  if(IS_DIRECTORY ${source})
    set(${out} ${source} PARENT_SCOPE)
    return()
  endif()
  if(NOT EXISTS ${source})
    message(FATAL_ERROR "LINUX_SOURCE: there is no ${source}")
  endif()
  string(REGEX REPLACE "\\.tar(\\.[a-z0-9]+)?$" "" name ${source})
  get_filename_component(folder ${name} NAME)
  set(tree ${CMAKE_BINARY_DIR}/linux/${folder})
  if(NOT EXISTS ${tree}.extracted)
    message(STATUS "Extracting ${source}")
    execute_process(
        COMMAND ${PROJECT_SOURCE_DIR}/target/linux/extract-tree ${source} ${tree}
        RESULT_VARIABLE status ERROR_VARIABLE error)
    if(status)
      message(FATAL_ERROR "LINUX_SOURCE: ${error}")
    endif()
    file(TOUCH ${tree}.extracted)
  endif()
  set(${out} ${tree} PARENT_SCOPE)
endfunction()

# Sanitizers by what a unit is: code under test, code of the kernel around it, or a stand-in.
function(groupfuzz_linux_sanitize target kind)
  set(options ${GROUPFUZZ_SANITIZE_COMPILE})
  if(GROUPFUZZ_TSAN AND kind STREQUAL "STAND_IN")
    set(options)
  endif()
  if(options)
    # Kernel C relies on what two of these object to; following NULL is a finding with a trace.
    list(APPEND options -fno-sanitize=function,alignment,null)
  endif()
  if(NOT kind STREQUAL "STAND_IN")
    if(GROUPFUZZ_FUZZERS AND kind STREQUAL "UNDER_TEST")
      list(APPEND options ${GROUPFUZZ_COVERAGE})
    elseif(kind STREQUAL "UNDER_TEST")
      list(APPEND options -fsanitize-coverage=bb,no-prune,trace-pc-guard,pc-table)
    else()
      # Accesses are only traced beside some coverage; this is the cheapest.
      list(APPEND options -fsanitize-coverage=func,inline-bool-flag)
    endif()
    list(APPEND options -fsanitize-coverage=trace-loads,trace-stores)
  elseif(NOT GROUPFUZZ_FUZZERS)
    list(APPEND options -DGF_BLOCK_COVERAGE)
  endif()
  target_compile_options(${target} PRIVATE ${options})
endfunction()

# One object library of `sources` of a tree; `flags` come before those of every unit.
function(groupfuzz_linux_units name kind tree prepared flags sources)
  add_library(${name} OBJECT EXCLUDE_FROM_ALL ${sources})
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/target/linux/compile-flags ${tree} ${prepared}
      OUTPUT_VARIABLE common OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" common "${common}")
  target_compile_options(${name} PRIVATE ${flags} ${common})
  groupfuzz_linux_sanitize(${name} ${kind})
endfunction()

# Links object libraries into NAME.o, whose one global symbol is NAME.
function(groupfuzz_linux_link name description out)
  set(here ${PROJECT_SOURCE_DIR}/target/linux)
  set(objects)
  foreach(units IN LISTS ARGN)
    list(APPEND objects $<TARGET_OBJECTS:${units}>)
  endforeach()
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.o)
  add_custom_command(OUTPUT ${object}
      COMMAND ${here}/link-tree ${object} ${name} ${CMAKE_C_COMPILER}
              "sanitize=${GROUPFUZZ_SANITIZE}" ${objects}
      DEPENDS ${objects} ${here}/link-tree ${here}/tree.lds
      COMMENT "Linking ${description}" COMMAND_EXPAND_LISTS VERBATIM)
  set(${out} ${object} PARENT_SCOPE)
endfunction()

function(groupfuzz_linux_tree name tree out)
  set(here ${PROJECT_SOURCE_DIR}/target/linux)
  set(prepared ${CMAKE_CURRENT_BINARY_DIR}/${name}_prepared)
  execute_process(COMMAND ${here}/prepare-tree ${tree} ${prepared} ${CMAKE_C_COMPILER}
      RESULT_VARIABLE status OUTPUT_VARIABLE lacks ERROR_VARIABLE error
      OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(status)
    message(FATAL_ERROR "LINUX_SOURCE: ${error}")
  endif()
  message(STATUS "${tree} ${lacks}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
      ${here}/facts.list ${here}/prepare-tree ${here}/generated-headers ${here}/compile-flags
      ${here}/autoconf.h)

  set(lib)
  foreach(file kobject idr xarray find_bit list_debug)
    list(APPEND lib ${tree}/lib/${file}.c)
  endforeach()
  file(GLOB stand_ins CONFIGURE_DEPENDS ${here}/kernel/*.c)
  set(iommu ${here}/kernel/iommu_under_test.c)
  set(dma_api ${here}/kernel/dma_api.c)
  list(REMOVE_ITEM stand_ins ${iommu} ${dma_api})
  groupfuzz_linux_units(${name}_iommu UNDER_TEST ${tree} ${prepared} "" ${iommu})
  groupfuzz_linux_units(${name}_dma_api UNDER_TEST ${tree} ${prepared} "" ${dma_api})
  groupfuzz_linux_units(${name}_library LIBRARY ${tree} ${prepared} "" "${lib}")
  groupfuzz_linux_units(${name}_stand_in STAND_IN ${tree} ${prepared} "" "${stand_ins}")
  groupfuzz_linux_link(${name} ${tree} object
      ${name}_iommu ${name}_dma_api ${name}_library ${name}_stand_in)
  set(${out} ${object} PARENT_SCOPE)
endfunction()

# The tree `base` with another iommu.c, from the folder `changed`, where it lies as in a tree.
function(groupfuzz_linux_variant name base tree changed out)
  groupfuzz_linux_units(${name}_iommu UNDER_TEST ${tree}
      ${CMAKE_CURRENT_BINARY_DIR}/${base}_prepared
      "-I${changed}/drivers/iommu;-fmacro-prefix-map=${changed}/="
      ${PROJECT_SOURCE_DIR}/target/linux/kernel/iommu_under_test.c)
  groupfuzz_linux_link(${name} ${changed} object
      ${name}_iommu ${base}_dma_api ${base}_library ${base}_stand_in)
  set(${out} ${object} PARENT_SCOPE)
endfunction()

# Gives `target` the objects and their list; one "TREE(connect, folder, root)" a line of `table`.
function(groupfuzz_linux_give target table objects)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}_generated)
  file(CONFIGURE OUTPUT ${folder}/linux_trees.inc CONTENT "${table}" @ONLY)
  add_custom_target(${target}_objects DEPENDS ${objects})
  foreach(variant ${target} ${target}_fast)
    if(TARGET ${variant})
      target_include_directories(${variant} PRIVATE ${folder})
      add_dependencies(${variant} ${target}_objects)
      target_link_libraries(${variant} INTERFACE ${objects})
    endif()
  endforeach()
endfunction()

function(groupfuzz_linux_trees target sources)
  set(table)
  set(objects)
  set(trees)
  set(names)
  foreach(source IN LISTS sources)
    get_filename_component(source ${source} ABSOLUTE BASE_DIR ${PROJECT_SOURCE_DIR})
    groupfuzz_extract_tree(${source} tree)
    get_filename_component(folder ${tree} NAME)
    foreach(other IN LISTS trees)
      get_filename_component(name ${other} NAME)
      if(name STREQUAL folder)
        message(FATAL_ERROR "LINUX_SOURCE: ${other} and ${tree} have one name; a link to one of "
                            "them (ln -s) may have another")
      endif()
    endforeach()
    list(LENGTH trees index)
    set(name ${target}_tree_${index})
    groupfuzz_linux_tree(${name} ${tree} object)
    string(APPEND table "TREE(${name}, \"${folder}\", \"${tree}\")\n")
    list(APPEND trees ${tree})
    list(APPEND names ${name})
    list(APPEND objects ${object})
    groupfuzz_woven_tree(${tree} ${name}_weave woven)
    if(woven)
      groupfuzz_linux_variant(${name}_woven ${name} ${tree} ${woven} object)
      add_dependencies(${name}_woven_iommu ${name}_weave)
      string(APPEND table "WOVEN(${name}_woven, \"${folder}\", \"${tree}\")\n")
      list(APPEND objects ${object})
    endif()
  endforeach()
  groupfuzz_linux_give(${target} "${table}" "${objects}")
  set(GROUPFUZZ_LINUX_TREES ${trees} PARENT_SCOPE)
  set(GROUPFUZZ_LINUX_NAMES ${names} PARENT_SCOPE)
  set(GROUPFUZZ_LINUX_TABLE "${table}" PARENT_SCOPE)
  set(GROUPFUZZ_LINUX_OBJECTS ${objects} PARENT_SCOPE)
endfunction()

function(groupfuzz_linux_varied target variants)
  set(table "${GROUPFUZZ_LINUX_TABLE}")
  set(objects ${GROUPFUZZ_LINUX_OBJECTS})
  foreach(variant IN LISTS variants)
    string(REPLACE "|" ";" variant ${variant})
    list(GET variant 0 tree)
    list(GET variant 1 change)
    list(SUBLIST variant 2 -1 scripts)
    list(FIND GROUPFUZZ_LINUX_TREES ${tree} index)
    list(GET GROUPFUZZ_LINUX_NAMES ${index} base)
    get_filename_component(folder ${tree} NAME)
    set(changed ${CMAKE_CURRENT_BINARY_DIR}/varied/${folder}+${change})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
        ${scripts} ${PROJECT_SOURCE_DIR}/target/linux/vary-tree ${tree}/drivers/iommu/iommu.c)
    execute_process(
        COMMAND ${PROJECT_SOURCE_DIR}/target/linux/vary-tree ${tree} ${changed} ${scripts}
        RESULT_VARIABLE status ERROR_VARIABLE error ERROR_STRIP_TRAILING_WHITESPACE)
    if(status)
      message(WARNING "${error}")
      continue()
    endif()
    string(MAKE_C_IDENTIFIER ${base}_${change} name)
    groupfuzz_linux_variant(${name} ${base} ${tree} ${changed} object)
    string(APPEND table "TREE(${name}, \"${folder}+${change}\", \"${changed}\")\n")
    list(APPEND objects ${object})
  endforeach()
  groupfuzz_linux_give(${target} "${table}" "${objects}")
endfunction()

function(groupfuzz_linux_steps target steps)
  set(table)
  set(objects)
  list(GET steps 0 tree)
  set(base ${target}_base)
  foreach(step IN LISTS steps)
    get_filename_component(folder ${step} NAME)
    if(step STREQUAL tree)
      set(name ${base})
    else()
      string(MAKE_C_IDENTIFIER ${target}_${folder} name)
    endif()
    if(EXISTS ${step}/include)
      groupfuzz_linux_tree(${name} ${step} object)
    else()
      groupfuzz_linux_variant(${name} ${base} ${tree} ${step} object)
    endif()
    string(APPEND table "TREE(${name}, \"${folder}\", \"${step}\")\n")
    list(APPEND objects ${object})
  endforeach()
  groupfuzz_linux_give(${target} "${table}" "${objects}")
endfunction()
