# How the libraries, tests and fuzz targets of groupfuzz are built.
#
# groupfuzz_library(NAME SRCS... DEPS... [MODELLED|ENVIRONMENT])
#   MODELLED marks the code under test. Under ThreadSanitizer only that code is instrumented: the
#   harness looks at modelled state from outside every modelled lock, which is no race of the model.
#   Only that code gets coverage counters: they guide the fuzzer, and the harness has nothing to
#   find.
#   ENVIRONMENT marks what modelled code calls, and hands its objects to.
#   The rest is harness. Under AddressSanitizer it exists twice: instrumented for the tests, and as
#   it is for fuzz targets and benchmarks, where each execution passes through more of the harness
#   than of the code under test.
# groupfuzz_cases(NAME SRCS... DEPS...)
#   Tests that several programs run: each that links them runs them all.
# groupfuzz_test(NAME SRCS... DEPS... [RACY])
#   RACY marks a test that runs designs whose data races are known; what it tests is something else,
#   so ThreadSanitizer is silent.
# groupfuzz_racy(TEST...)
#   The same for a test that add_test() made.
# groupfuzz_program(NAME SRCS... DEPS... [FAST])
#   FAST links the harness as it is.
# groupfuzz_fuzzer(NAME SRCS... DEPS...)
include(CMakeParseArguments)

set(GROUPFUZZ_INCLUDE_DIR include/groupfuzz)

set(GROUPFUZZ_WARNINGS -Wall -Wextra -Werror)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  list(APPEND GROUPFUZZ_WARNINGS -Wthread-safety -Wthread-safety-beta)
endif()

if("thread" IN_LIST GROUPFUZZ_SANITIZERS)
  set(GROUPFUZZ_TSAN ON)
elseif("address" IN_LIST GROUPFUZZ_SANITIZERS)
  set(GROUPFUZZ_ASAN ON)
endif()
list(JOIN GROUPFUZZ_SANITIZERS "," GROUPFUZZ_SANITIZE)
set(GROUPFUZZ_SANITIZE_COMPILE)
if(GROUPFUZZ_SANITIZE)
  set(GROUPFUZZ_SANITIZE_COMPILE -fsanitize=${GROUPFUZZ_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GROUPFUZZ_SANITIZE})
endif()

# Comparisons would teach libFuzzer words of the input; programs are mutated as programs.
set(GROUPFUZZ_COVERAGE -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp)

# groupfuzz_compile(NAME SANITIZED COVERED)
function(groupfuzz_compile name sanitized covered)
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
      $<INSTALL_INTERFACE:${GROUPFUZZ_INCLUDE_DIR}>)
  target_compile_options(${name} PRIVATE ${GROUPFUZZ_WARNINGS}
      $<IF:$<CONFIG:Debug>,-g,-gline-tables-only>)
  if(sanitized)
    target_compile_options(${name} PRIVATE ${GROUPFUZZ_SANITIZE_COMPILE})
  else()
    target_compile_options(${name} PRIVATE -fno-omit-frame-pointer)
  endif()
  if(GROUPFUZZ_TSAN)
    target_compile_definitions(${name} PRIVATE GROUPFUZZ_TSAN=1)
  elseif(GROUPFUZZ_ASAN)
    target_compile_definitions(${name} PRIVATE GROUPFUZZ_ASAN=1)
  endif()
  if(covered AND GROUPFUZZ_FUZZERS)
    target_compile_options(${name} PRIVATE ${GROUPFUZZ_COVERAGE})
  endif()
endfunction()

# The variants of `deps` that FAST programs link; libraries that have none stand for themselves.
# Decided when everything is declared: a library may come after those that need it.
function(groupfuzz_fast out deps)
  set(fast)
  foreach(dep IN LISTS deps)
    list(APPEND fast $<IF:$<TARGET_EXISTS:${dep}_fast>,${dep}_fast,${dep}>)
  endforeach()
  set(${out} ${fast} PARENT_SCOPE)
endfunction()

function(groupfuzz_library name)
  cmake_parse_arguments(ARG "MODELLED;ENVIRONMENT" "" "SRCS;DEPS" ${ARGN})
  if(ARG_MODELLED OR NOT GROUPFUZZ_TSAN)
    set(sanitized TRUE)
  else()
    set(sanitized FALSE)
  endif()
  add_library(${name} STATIC ${ARG_SRCS})
  groupfuzz_compile(${name} ${sanitized} "${ARG_MODELLED}")
  if(ARG_MODELLED AND GROUPFUZZ_SANITIZE)
    # A pointer of code under test that leads nowhere is a finding with a trace (CrashTrap).
    target_compile_options(${name} PRIVATE -fno-sanitize=null,alignment)
  endif()
  target_link_libraries(${name} PUBLIC ${ARG_DEPS})
  set_property(GLOBAL APPEND PROPERTY GROUPFUZZ_LIBRARIES ${name})
  if(ARG_MODELLED AND GROUPFUZZ_FUZZERS)
    target_link_options(${name} INTERFACE -fsanitize=fuzzer-no-link)
  endif()
  if(GROUPFUZZ_SANITIZE AND NOT GROUPFUZZ_TSAN AND NOT ARG_MODELLED AND NOT ARG_ENVIRONMENT)
    groupfuzz_fast(fast_deps "${ARG_DEPS}")
    add_library(${name}_fast STATIC EXCLUDE_FROM_ALL ${ARG_SRCS})
    groupfuzz_compile(${name}_fast FALSE FALSE)
    target_link_libraries(${name}_fast PUBLIC ${fast_deps})
  endif()
endfunction()

function(groupfuzz_program name)
  cmake_parse_arguments(ARG "FAST" "" "SRCS;DEPS" ${ARGN})
  set(sanitized TRUE)
  if(ARG_FAST)
    groupfuzz_fast(ARG_DEPS "${ARG_DEPS}")
    set(sanitized FALSE)
  endif()
  if(GROUPFUZZ_TSAN)
    set(sanitized FALSE)
  endif()
  add_executable(${name} ${ARG_SRCS})
  groupfuzz_compile(${name} ${sanitized} FALSE)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
endfunction()

function(groupfuzz_cases name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  set(sanitized TRUE)
  if(GROUPFUZZ_TSAN)
    set(sanitized FALSE)
  endif()
  add_library(${name} OBJECT ${ARG_SRCS})
  target_compile_definitions(${name} PRIVATE GROUPFUZZ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  groupfuzz_compile(${name} ${sanitized} FALSE)
  target_link_libraries(${name} PUBLIC ${ARG_DEPS})
endfunction()

function(groupfuzz_test name)
  cmake_parse_arguments(ARG "RACY" "" "SRCS;DEPS" ${ARGN})
  groupfuzz_program(${name} SRCS ${ARG_SRCS} DEPS ${ARG_DEPS} GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE GROUPFUZZ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  if(ARG_RACY)
    groupfuzz_racy(${name})
  endif()
endfunction()

function(groupfuzz_racy)
  set_tests_properties(${ARGN} PROPERTIES ENVIRONMENT TSAN_OPTIONS=report_bugs=0)
endfunction()

function(groupfuzz_fuzzer name)
  if(NOT GROUPFUZZ_FUZZERS)
    return()
  endif()
  groupfuzz_program(${name} FAST ${ARGN})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()
