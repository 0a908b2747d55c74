# The installed package: find_package(groupfuzz) gives
#   groupfuzz::properties  the property suites, for unit tests (properties/suites/suite.h)
#   groupfuzz::harness     programs, execution, and the groupfuzz command (harness/cli/main.h)
#   groupfuzz::fuzzer      a libFuzzer target over every registered design; needs Clang
# properties/example is a project that uses all three. There is a package where the libraries that
# it needs are installed, too, and no sanitizer is built in.
include(CMakePackageConfigHelpers)

get_target_property(absl_installed absl::strings IMPORTED)
get_target_property(rapidcheck_installed rapidcheck IMPORTED)
get_target_property(json_installed nlohmann_json::nlohmann_json IMPORTED)
if(NOT absl_installed OR NOT rapidcheck_installed OR NOT json_installed OR GROUPFUZZ_SANITIZERS)
  return()
endif()

function(groupfuzz_package_target name)
  add_library(groupfuzz_package_${name} INTERFACE)
  set_target_properties(groupfuzz_package_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(groupfuzz_package_${name} INTERFACE cxx_std_20)
  # A field that is touched without its lock is told by the line, which needs line tables.
  target_compile_options(groupfuzz_package_${name} INTERFACE
      $<IF:$<CXX_COMPILER_ID:Clang>,-gline-tables-only,-g1>)
  target_link_libraries(groupfuzz_package_${name} INTERFACE ${ARGN})
  install(TARGETS groupfuzz_package_${name} EXPORT groupfuzz)
endfunction()
groupfuzz_package_target(harness groupfuzz_cli)
groupfuzz_package_target(properties groupfuzz_suite)
groupfuzz_package_target(fuzzer groupfuzz_fuzz_target)
target_link_options(groupfuzz_package_fuzzer INTERFACE -fsanitize=fuzzer)

# Those of the package and what they are made of, no tests.
get_property(libraries GLOBAL PROPERTY GROUPFUZZ_LIBRARIES)
list(FILTER libraries EXCLUDE REGEX
    "testing|broken|recording|script|toy|varied|weave|without_trees")
install(TARGETS ${libraries} EXPORT groupfuzz ARCHIVE DESTINATION lib/groupfuzz)
install(TARGETS groupfuzz RUNTIME DESTINATION bin)
# Who has built the command, by ci/fuzz or by name, can install.
add_dependencies(groupfuzz ${libraries})
foreach(folder target harness properties)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder} DESTINATION ${GROUPFUZZ_INCLUDE_DIR}
      FILES_MATCHING PATTERN "*.h"
      PATTERN testing EXCLUDE PATTERN broken EXCLUDE PATTERN example EXCLUDE
      PATTERN record EXCLUDE)
endforeach()

# Headers that a project outside includes keep the place they had.
# groupfuzz_moved_header(OLD NEW)
function(groupfuzz_moved_header old new)
  set(forward ${PROJECT_BINARY_DIR}/moved/${old})
  file(CONFIGURE OUTPUT ${forward} CONTENT
      "// Now ${new}.\n#pragma once\n#include \"${new}\"\n" @ONLY)
  get_filename_component(folder ${old} DIRECTORY)
  install(FILES ${forward} DESTINATION ${GROUPFUZZ_INCLUDE_DIR}/${folder})
endfunction()
groupfuzz_moved_header(properties/suite.h properties/suites/suite.h)
groupfuzz_moved_header(target/port_system.h target/designs/port_system.h)

set(package_folder lib/cmake/groupfuzz)
install(EXPORT groupfuzz NAMESPACE groupfuzz:: DESTINATION ${package_folder})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/groupfuzzConfig.cmake.in
    ${PROJECT_BINARY_DIR}/groupfuzzConfig.cmake INSTALL_DESTINATION ${package_folder})
install(FILES ${PROJECT_BINARY_DIR}/groupfuzzConfig.cmake ${CMAKE_CURRENT_LIST_DIR}/FindLibdw.cmake
    DESTINATION ${package_folder})

add_test(NAME package_test COMMAND ${PROJECT_SOURCE_DIR}/properties/example/package_test.sh
    ${PROJECT_BINARY_DIR} ${CMAKE_CXX_COMPILER})
