# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# Third parties: Debian's packages on a host; on a Cortex-M Mbed TLS and, for the boot loader, BearSSL
# from the same version's source.
# Each is one INTERFACE target with system includes. `./dev` installs what is missing.

# Repeated builds are answered from ccache where it is installed; not for a Cortex-M, whose call graph
# files it does not keep.
find_program(AIOT_CCACHE ccache)
if(AIOT_CCACHE AND PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CROSSCOMPILING
   AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${AIOT_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# aiot_find(<target> <Debian package> <header> [library]): an INTERFACE target, or a clear message.
function(aiot_find target package header)
  find_path(${target}_INCLUDE ${header})
  if(NOT ${target}_INCLUDE)
    message(FATAL_ERROR "aiot: <${header}> not found; install the package ${package}, or run ./dev")
  endif()
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE ${${target}_INCLUDE})
  if(ARGC GREATER 3)
    find_library(${target}_LIBRARY ${ARGV3})
    if(NOT ${target}_LIBRARY)
      message(FATAL_ERROR "aiot: lib${ARGV3} not found; install the package ${package}, or run ./dev")
    endif()
    target_link_libraries(${target} INTERFACE ${${target}_LIBRARY})
  endif()
endfunction()

# FlatBuffers is header-only in our use. It gets a folder of its own, because /usr/include must not be
# on the include path of a cross compiler.
find_path(aiot_flatbuffers_INCLUDE flatbuffers/flatbuffers.h
          PATHS /usr/include /usr/local/include NO_CMAKE_FIND_ROOT_PATH)
find_program(AIOT_FLATC flatc)
if(NOT aiot_flatbuffers_INCLUDE OR NOT AIOT_FLATC)
  message(FATAL_ERROR "aiot: FlatBuffers not found; install the packages libflatbuffers-dev and "
                      "flatbuffers-compiler, or run ./dev")
endif()
set(aiot_generated ${PROJECT_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${aiot_generated}/third_party ${aiot_generated}/include/aiot_schema)
file(CREATE_LINK ${aiot_flatbuffers_INCLUDE}/flatbuffers ${aiot_generated}/third_party/flatbuffers
     SYMBOLIC)
file(GLOB aiot_schemas CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/schema/*.fbs)
if(CMAKE_CROSSCOMPILING)
  list(FILTER aiot_schemas EXCLUDE REGEX "/tflite\\.fbs$")  # the compiler's, which is host code
endif()
set(aiot_schema_headers)
foreach(schema IN LISTS aiot_schemas)
  cmake_path(GET schema STEM stem)
  set(header ${aiot_generated}/include/aiot_schema/${stem}_generated.h)
  add_custom_command(OUTPUT ${header}
    COMMAND ${AIOT_FLATC} --cpp --scoped-enums -o ${aiot_generated}/include/aiot_schema ${schema}
    DEPENDS ${schema} COMMENT "flatc ${stem}.fbs")
  list(APPEND aiot_schema_headers ${header})
endforeach()
add_custom_target(aiot_schema_headers DEPENDS ${aiot_schema_headers})
add_library(aiot_schema INTERFACE)
add_dependencies(aiot_schema aiot_schema_headers)
target_include_directories(aiot_schema SYSTEM INTERFACE
  ${aiot_generated}/include ${aiot_generated}/third_party)

if(CMAKE_CROSSCOMPILING)
  include(${CMAKE_CURRENT_LIST_DIR}/fetch.cmake)
  include(${CMAKE_CURRENT_LIST_DIR}/mbedtls.cmake)
  return()
endif()

find_package(Threads REQUIRED)
aiot_find(aiot_mbedcrypto libmbedtls-dev mbedtls/sha256.h mbedcrypto)
# TLS of the Linux port: the same package's, so that one build of Mbed TLS is in a process.
aiot_find(aiot_mbedx509 libmbedtls-dev mbedtls/x509.h mbedx509)
aiot_find(aiot_mbedtls libmbedtls-dev mbedtls/ssl.h mbedtls)
target_link_libraries(aiot_mbedtls INTERFACE aiot_mbedx509 aiot_mbedcrypto Threads::Threads)
if(AIOT_BUILD_TOOLS)
  aiot_find(aiot_eigen libeigen3-dev eigen3/Eigen/Core)
  target_include_directories(aiot_eigen SYSTEM INTERFACE ${aiot_eigen_INCLUDE}/eigen3)
  # Vector code sums in another order on each machine; a trained package must not depend on it.
  target_compile_definitions(aiot_eigen INTERFACE EIGEN_DONT_VECTORIZE EIGEN_DONT_PARALLELIZE)
  aiot_find(aiot_matio libmatio-dev matio.h matio)
  aiot_find(aiot_mosquitto libmosquitto-dev mosquitto.h mosquitto)
  # What libmosquitto's TLS is made of.
  aiot_find(aiot_openssl_crypto libssl-dev openssl/x509.h crypto)
  aiot_find(aiot_openssl libssl-dev openssl/ssl.h ssl)
  target_link_libraries(aiot_openssl INTERFACE aiot_openssl_crypto)
  aiot_find(aiot_sqlite libsqlite3-dev sqlite3.h sqlite3)
  aiot_find(aiot_sodium libsodium-dev sodium.h sodium)
  aiot_find(aiot_cli11 libcli11-dev CLI/CLI.hpp)
  aiot_find(aiot_json nlohmann-json3-dev nlohmann/json.hpp)
  # GCC 12 sees null pointers in both once they are inlined into our functions.
  target_compile_options(aiot_cli11 INTERFACE -Wno-null-dereference)
endif()
if(AIOT_BUILD_TOOLS OR AIOT_BUILD_TESTS)
  aiot_find(aiot_cbor libcbor-dev cbor.h cbor)
endif()
if(AIOT_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
