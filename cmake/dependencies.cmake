# Libraries come from the system where it has them, else from a source tree: set
# FETCHCONTENT_SOURCE_DIR_<NAME> to one, or let FetchContent download it.
include(FetchContent)

function(groupfuzz_dependency name package target url)
  find_package(${package} CONFIG QUIET)
  if(TARGET ${target})
    return()
  endif()
  message(STATUS "${package} is not installed; using a source tree")
  FetchContent_Declare(${name} URL ${url})
  FetchContent_MakeAvailable(${name})
endfunction()

set(ABSL_PROPAGATE_CXX_STD ON)
set(ABSL_ENABLE_INSTALL OFF)
set(RC_ENABLE_GTEST ON)
set(BENCHMARK_ENABLE_TESTING OFF)

groupfuzz_dependency(absl absl absl::strings
    https://github.com/abseil/abseil-cpp/archive/refs/tags/20240722.0.tar.gz)
groupfuzz_dependency(json nlohmann_json nlohmann_json::nlohmann_json
    https://github.com/nlohmann/json/archive/refs/tags/v3.11.2.tar.gz)
groupfuzz_dependency(googletest GTest GTest::gtest_main
    https://github.com/google/googletest/archive/refs/tags/v1.14.0.tar.gz)
groupfuzz_dependency(rapidcheck rapidcheck rapidcheck
    https://github.com/emil-e/rapidcheck/archive/refs/heads/master.tar.gz)
groupfuzz_dependency(googlebenchmark benchmark benchmark::benchmark
    https://github.com/google/benchmark/archive/refs/tags/v1.8.5.tar.gz)

# The line tables of programs, from elfutils; the package looks for it as the build does.
include(${CMAKE_CURRENT_LIST_DIR}/FindLibdw.cmake)
