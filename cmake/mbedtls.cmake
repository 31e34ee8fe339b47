# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# Mbed TLS for a Cortex-M: Debian's source with our configuration, only the files that it needs.
set(AIOT_MBEDTLS_SOURCE "" CACHE PATH "Mbed TLS 2.28 source; empty: fetched with apt-get source")
if(NOT AIOT_MBEDTLS_SOURCE)
  set(cache_home $ENV{XDG_CACHE_HOME})
  if(NOT cache_home AND NOT "$ENV{HOME}" STREQUAL "")
    set(cache_home $ENV{HOME}/.cache)
  endif()
  if(NOT cache_home)
    set(cache_home ${PROJECT_SOURCE_DIR}/build/deps)
  endif()
  message(STATUS "Mbed TLS source (fetched once into ${cache_home}/aiot)")
  execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/fetch_mbedtls.sh ${cache_home}/aiot
                  OUTPUT_VARIABLE fetched OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "aiot: no source of Mbed TLS")
  endif()
  set(AIOT_MBEDTLS_SOURCE ${fetched} CACHE PATH "" FORCE)
endif()
if(NOT EXISTS ${AIOT_MBEDTLS_SOURCE}/include/mbedtls/ecdsa.h)
  message(FATAL_ERROR "aiot: AIOT_MBEDTLS_SOURCE=${AIOT_MBEDTLS_SOURCE} is not an Mbed TLS source")
endif()

set(mbedtls_files asn1parse asn1write bignum constant_time ecdsa ecp ecp_curves hmac_drbg md
                  memory_buffer_alloc oid platform platform_util rsa rsa_internal sha256)
list(TRANSFORM mbedtls_files REPLACE "(.+)" "${AIOT_MBEDTLS_SOURCE}/library/\\1.c")
add_library(aiot_mbedcrypto STATIC ${mbedtls_files})
target_include_directories(aiot_mbedcrypto SYSTEM PUBLIC ${AIOT_MBEDTLS_SOURCE}/include)
target_include_directories(aiot_mbedcrypto PRIVATE ${AIOT_MBEDTLS_SOURCE}/library)
target_compile_definitions(aiot_mbedcrypto PUBLIC
  MBEDTLS_CONFIG_FILE="${PROJECT_SOURCE_DIR}/src/crypto/mbedtls_config.h")
target_compile_options(aiot_mbedcrypto PRIVATE -w -fomit-frame-pointer)
