# libdw of elfutils, as the target groupfuzz::libdw. The installed package looks for it with this
# file, too.
if(NOT TARGET groupfuzz::libdw)
  find_path(LIBDW_INCLUDE_DIR elfutils/libdwfl.h REQUIRED)
  find_library(LIBDW_LIBRARY dw REQUIRED)
  add_library(groupfuzz::libdw INTERFACE IMPORTED)
  target_include_directories(groupfuzz::libdw INTERFACE ${LIBDW_INCLUDE_DIR})
  target_link_libraries(groupfuzz::libdw INTERFACE ${LIBDW_LIBRARY})
endif()
