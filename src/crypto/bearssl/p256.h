/* SPDX-FileCopyrightText: 2026 The aiot authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the small build of the crypto module takes from BearSSL. Points are uncompressed: 4, x, y.
 */
#ifndef AIOT_CRYPTO_BEARSSL_P256_H
#define AIOT_CRYPTO_BEARSSL_P256_H

#ifdef __cplusplus
extern "C" {
#endif

/* 1 when the 65 bytes are a point of the curve. */
unsigned aiot_p256_is_point(const unsigned char* point);

/* 1 when the signature (r, s; 32 bytes each) over the digest (32 bytes) matches; r is not 0. */
unsigned aiot_p256_verify(const unsigned char* point,
                          const unsigned char* digest,
                          const unsigned char* signature);

#ifdef __cplusplus
}
#endif

#endif /* AIOT_CRYPTO_BEARSSL_P256_H */
