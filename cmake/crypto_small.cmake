# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# aiot_crypto_small: what a boot loader needs of the crypto module, behind the same headers. SHA-256 is
# the same; ECDSA is verified by BearSSL, which is a third of the code and needs no pool. Nothing signs.
# Where other modules are linked too, this one comes first.
aiot_fetch_source(AIOT_BEARSSL_SOURCE bearssl libbearssl-dev src/ec/ec_prime_i31.c)
add_library(aiot_crypto_small STATIC
  src/crypto/bearssl/p256.c src/crypto/bearssl/signature.cpp
  src/crypto/compare.cpp src/crypto/der.cpp src/crypto/scheme.cpp src/crypto/sha256.cpp)
target_include_directories(aiot_crypto_small PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(aiot_crypto_small PUBLIC aiot_core PRIVATE aiot_device_flags aiot_mbedcrypto)
set_source_files_properties(src/crypto/bearssl/p256.c PROPERTIES
  COMPILE_OPTIONS "-w;-fwhole-program;-fomit-frame-pointer"
  INCLUDE_DIRECTORIES "${AIOT_BEARSSL_SOURCE}/inc;${AIOT_BEARSSL_SOURCE}/src")
