# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# Mbed TLS for a Cortex-M: Debian's source with our configuration, only the files that it needs.
aiot_fetch_source(AIOT_MBEDTLS_SOURCE mbedtls libmbedtls-dev include/mbedtls/ecdsa.h)

set(mbedtls_files asn1parse asn1write bignum constant_time ecdsa ecp ecp_curves hmac_drbg md
                  memory_buffer_alloc oid platform platform_util rsa rsa_internal sha256)
list(TRANSFORM mbedtls_files REPLACE "(.+)" "${AIOT_MBEDTLS_SOURCE}/library/\\1.c")
add_library(aiot_mbedcrypto STATIC ${mbedtls_files})
target_include_directories(aiot_mbedcrypto SYSTEM PUBLIC ${AIOT_MBEDTLS_SOURCE}/include)
target_include_directories(aiot_mbedcrypto PRIVATE ${AIOT_MBEDTLS_SOURCE}/library)
target_compile_definitions(aiot_mbedcrypto PUBLIC
  MBEDTLS_CONFIG_FILE="${PROJECT_SOURCE_DIR}/src/crypto/mbedtls_config.h")
target_compile_options(aiot_mbedcrypto PRIVATE -w -fomit-frame-pointer)
