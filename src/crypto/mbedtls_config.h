/* SPDX-FileCopyrightText: 2026 The aiot authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Mbed TLS 2.28 on a Cortex-M: SHA-256, HMAC, ECDSA on P-256 (verify, and deterministic
 * signatures), RSA-PSS (verify), working memory from a pool that the application lends. No file
 * system, clock, entropy, sockets, stdio or heap. Chosen for size; what each choice costs is in
 * DESIGN.md.
 */
#ifndef AIOT_MBEDTLS_CONFIG_H
#define AIOT_MBEDTLS_CONFIG_H

#define MBEDTLS_HAVE_ASM

/* Memory: the pool and nothing else. Without a pool every allocation fails. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_MEMORY_ALIGN_MULTIPLE 8

/* The allocator leaves by this when its bookkeeping was overwritten; src/crypto defines it. */
#ifdef __cplusplus
extern "C"
#endif
    void
    aiot_crypto_pool_overwritten(int status);
#define MBEDTLS_PLATFORM_EXIT_MACRO aiot_crypto_pool_overwritten

/* Hashes. */
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER
#define MBEDTLS_MD_C

/* ECDSA on P-256. Small windows: one verification takes longer, but needs less pool and no table.
 */
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_MPI_WINDOW_SIZE 1
#define MBEDTLS_MPI_MAX_SIZE 256 /* bytes; a modulus of 2048 bits */
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECP_WINDOW_SIZE 2
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0
/* A verification handles public values only and needs no blinding; signatures blind themselves. */
#define MBEDTLS_ECP_NO_INTERNAL_RNG
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ECDSA_DETERMINISTIC
#define MBEDTLS_HMAC_DRBG_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C

/* RSASSA-PSS. Its public operation only is linked, and only where its scheme is named. */
#define MBEDTLS_RSA_C
#define MBEDTLS_RSA_NO_CRT
#define MBEDTLS_OID_C
#define MBEDTLS_PKCS1_V21

#include "mbedtls/check_config.h"

#endif /* AIOT_MBEDTLS_CONFIG_H */
