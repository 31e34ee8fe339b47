# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# libaiot.so, the C interface, and libaiot.a, the whole library in one archive; both from the objects of
# the modules, which are compiled once. For that they are position independent on a host, and hidden:
# with default visibility the compiler would have to expect that a program replaces any function.
set(aiot_archived core dsp nn decide record crypto model store link update device capi port_linux port_sim)
set(aiot_objects "")
foreach(module IN LISTS aiot_archived)
  get_target_property(type aiot_${module} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    set_target_properties(aiot_${module} PROPERTIES POSITION_INDEPENDENT_CODE ON
                          CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    list(APPEND aiot_objects $<TARGET_OBJECTS:aiot_${module}>)
  endif()
endforeach()

add_library(aiot_archive STATIC ${aiot_objects})
set_target_properties(aiot_archive PROPERTIES OUTPUT_NAME aiot LINKER_LANGUAGE CXX)

# Mbed TLS is linked in, so that a gateway does not need it, nor meets another version of it: only
# SHA-256 and signatures are used.
find_library(AIOT_MBEDCRYPTO_STATIC libmbedcrypto.a)
if(NOT AIOT_MBEDCRYPTO_STATIC)
  message(FATAL_ERROR "aiot: libmbedcrypto.a not found; install the package libmbedtls-dev, or set "
                      "AIOT_BUILD_SHARED=OFF")
endif()
set(aiot_map ${PROJECT_SOURCE_DIR}/src/capi/aiot.map)
add_library(aiot_shared SHARED $<TARGET_OBJECTS:aiot_capi>)
add_library(aiot::shared ALIAS aiot_shared)
target_include_directories(aiot_shared INTERFACE ${PROJECT_SOURCE_DIR}/include)
# By file: what the archive itself links would bring the shared Mbed TLS.
target_link_libraries(aiot_shared PRIVATE $<TARGET_FILE:aiot_archive> ${AIOT_MBEDCRYPTO_STATIC})
add_dependencies(aiot_shared aiot_archive)
target_link_options(aiot_shared PRIVATE LINKER:--version-script=${aiot_map},--gc-sections,--as-needed)
set_target_properties(aiot_shared PROPERTIES OUTPUT_NAME aiot LINKER_LANGUAGE CXX
                      VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
                      LINK_DEPENDS ${aiot_map})

