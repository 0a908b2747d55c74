# How the libraries, tests and fuzz targets of groupfuzz are built.
#
# groupfuzz_library(NAME SRCS... DEPS... [MODELLED])
#   MODELLED marks the code under test. Under ThreadSanitizer only that code is instrumented: the
#   harness looks at modelled state from outside every modelled lock, which is no race of the model.
#   Only that code gets coverage counters: they guide the fuzzer, and the harness has nothing to
#   find.
# groupfuzz_test(NAME SRCS... DEPS...)
# groupfuzz_program(NAME SRCS... DEPS...)
# groupfuzz_fuzzer(NAME SRCS... DEPS...)
include(CMakeParseArguments)

set(GROUPFUZZ_INCLUDE_DIR include/groupfuzz)

set(GROUPFUZZ_WARNINGS -Wall -Wextra -Werror)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  list(APPEND GROUPFUZZ_WARNINGS -Wthread-safety -Wthread-safety-beta)
endif()

if("thread" IN_LIST GROUPFUZZ_SANITIZERS)
  set(GROUPFUZZ_TSAN ON)
endif()
list(JOIN GROUPFUZZ_SANITIZERS "," GROUPFUZZ_SANITIZE)
set(GROUPFUZZ_SANITIZE_COMPILE)
if(GROUPFUZZ_SANITIZE)
  set(GROUPFUZZ_SANITIZE_COMPILE -fsanitize=${GROUPFUZZ_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GROUPFUZZ_SANITIZE})
endif()

function(groupfuzz_compile name modelled)
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
      $<INSTALL_INTERFACE:${GROUPFUZZ_INCLUDE_DIR}>)
  target_compile_options(${name} PRIVATE ${GROUPFUZZ_WARNINGS} -gline-tables-only)
  if(modelled OR NOT GROUPFUZZ_TSAN)
    target_compile_options(${name} PRIVATE ${GROUPFUZZ_SANITIZE_COMPILE})
  else()
    target_compile_options(${name} PRIVATE -fno-omit-frame-pointer)
  endif()
  if(GROUPFUZZ_TSAN)
    target_compile_definitions(${name} PRIVATE GROUPFUZZ_TSAN=1)
  endif()
  if(modelled AND GROUPFUZZ_FUZZERS)
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

function(groupfuzz_library name)
  cmake_parse_arguments(ARG "MODELLED" "" "SRCS;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SRCS})
  groupfuzz_compile(${name} "${ARG_MODELLED}")
  target_link_libraries(${name} PUBLIC ${ARG_DEPS})
  set_property(GLOBAL APPEND PROPERTY GROUPFUZZ_LIBRARIES ${name})
  if(ARG_MODELLED AND GROUPFUZZ_FUZZERS)
    target_link_options(${name} INTERFACE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

function(groupfuzz_program name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  groupfuzz_compile(${name} FALSE)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
endfunction()

function(groupfuzz_test name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  groupfuzz_program(${name} SRCS ${ARG_SRCS} DEPS ${ARG_DEPS} GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE GROUPFUZZ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
endfunction()

function(groupfuzz_fuzzer name)
  if(NOT GROUPFUZZ_FUZZERS)
    return()
  endif()
  groupfuzz_program(${name} ${ARGN})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()
