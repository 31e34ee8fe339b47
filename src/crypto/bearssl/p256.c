/* SPDX-FileCopyrightText: 2026 The aiot authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * ECDSA verification on P-256 out of BearSSL's unchanged source, as one translation unit that is a
 * whole program to the compiler (-fwhole-program): curve and implementation are then constants, so
 * other curves, tables of functions and what nobody calls are left out. Buffers are sized for this
 * one curve.
 */
#include "src/crypto/bearssl/p256.h"

/* BearSSL's own header, after which its largest curve is ours. */
#include "inner.h"
#undef BR_MAX_EC_SIZE
#define BR_MAX_EC_SIZE 256

/* Inlined, the verification knows which implementation and curve its caller names. */
__attribute__((always_inline)) inline uint32_t br_ecdsa_i31_vrfy_raw(const br_ec_impl* impl,
                                                                     const void* hash,
                                                                     size_t hash_len,
                                                                     const br_ec_public_key* pk,
                                                                     const void* sig,
                                                                     size_t sig_len);

#include "codec/ccopy.c"
#include "codec/dec32be.c"
#include "codec/enc32be.c"
#include "ec/ec_secp256r1.c"
#include "ec/ec_secp384r1.c"
#include "ec/ec_secp521r1.c"
#include "ec/ecdsa_i31_bits.c"
#include "ec/ecdsa_i31_vrfy_raw.c"
#include "int/i31_add.c"
#include "int/i31_bitlen.c"
#include "int/i31_decmod.c"
#include "int/i31_decode.c"
#include "int/i31_encode.c"
#include "int/i31_fmont.c"
#include "int/i31_iszero.c"
#include "int/i31_modpow.c"
#include "int/i31_montmul.c"
#include "int/i31_muladd.c"
#include "int/i31_ninv31.c"
#include "int/i31_rshift.c"
#include "int/i31_sub.c"
#include "int/i31_tmont.c"
#include "int/i32_div32.c"

/* The generic curves pick theirs from a table in `id_to_curve`, which keeps all of them in the
 * program. Its definition gets another name, and where it is called with a variable `curve` stands
 * our only entry: 400 bytes less. */
#define id_to_curve(parameter) ONLY_CURVE_##parameter)
#define ONLY_CURVE_int curve_of_table(int
#define ONLY_CURVE_curve (&(const curve_params){P256_P, P256_B, P256_R2, 1}
/* Last: it defines short macros. */
#include "ec/ec_prime_i31.c"
#undef id_to_curve

enum { kPointBytes = 65, kDigestBytes = 32, kSignatureBytes = 64 };

__attribute__((externally_visible)) unsigned aiot_p256_is_point(const unsigned char* point) {
  jacobian decoded;
  return point_decode(
      &decoded, point, kPointBytes, &(const curve_params){P256_P, P256_B, P256_R2, 1});
}

__attribute__((externally_visible)) unsigned aiot_p256_verify(const unsigned char* point,
                                                              const unsigned char* digest,
                                                              const unsigned char* signature) {
  const br_ec_public_key key = {BR_EC_secp256r1, (unsigned char*)point, kPointBytes};
  return br_ecdsa_i31_vrfy_raw(
      &br_ec_prime_i31, digest, kDigestBytes, &key, signature, kSignatureBytes);
}
