# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# The flags of aiot's own sources. They are linked PRIVATE, so nobody who uses the library gets them.

# Warnings, and the floating-point rules that make results equal on every machine: no contraction
# into fused multiply-adds, no errno from sqrt.
add_library(aiot_common_flags INTERFACE)
target_compile_options(aiot_common_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-align -Wdouble-promotion
  -Wundef -Wnull-dereference -Wformat=2 -Wvla
  $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast>
  $<$<BOOL:${AIOT_WERROR}>:-Werror>
  -ffp-contract=off -fno-math-errno
  # __FILE__ names a file in the tree: the same firmware wherever it is built.
  -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)

# Code that runs on a device: additionally no exceptions, no RTTI, no guards for local statics.
add_library(aiot_device_flags INTERFACE)
target_link_libraries(aiot_device_flags INTERFACE aiot_common_flags)
target_compile_options(aiot_device_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions;-fno-rtti;-fno-threadsafe-statics>)

# Host code and tests: without four warnings. GCC 12 finds overlaps and overruns inside std::string
# that are not there (its bugs 105329, 105651), or not, by the length of the path of the build.
add_library(aiot_host_flags INTERFACE)
target_link_libraries(aiot_host_flags INTERFACE aiot_common_flags)
target_compile_options(aiot_host_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:
  -Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>)

# aiot_command(<target> <folder> LINKS <target>...): a host executable from all .cpp of a folder.
function(aiot_command target folder)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LINKS")
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  if(NOT EXISTS ${PROJECT_SOURCE_DIR}/${folder}/main.cpp)
    return()
  endif()
  add_executable(${target} ${sources})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  # Our flags come first: a third party may take one of them back.
  target_link_libraries(${target} PRIVATE
    aiot_host_flags ${arg_LINKS} aiot_port_linux aiot_port_sim)
  add_dependencies(aiot_product ${target})
endfunction()

# aiot_use_private(<target> <third party>...): for the .cpp files of one module only.
function(aiot_use_private target)
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    target_link_libraries(${target} PRIVATE ${ARGN})
  endif()
endfunction()
