#!/bin/sh
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# Keys, certificates and revocation lists for the tests of TLS, good and bad ones, into the current
# directory: tls_pki.sh. Needs openssl.
set -eu
umask 077

cat >ca.cnf <<'CNF'
[ca]
default_ca = here
[here]
database = $ENV::CA.index
serial = $ENV::CA.serial
new_certs_dir = .
certificate = $ENV::CA.pem
private_key = $ENV::CA.key
default_md = sha256
default_days = 3650
default_crl_days = 3650
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = any_name
[any_name]
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
[server]
extendedKeyUsage = serverAuth
subjectAltName = $ENV::SAN
[plain]
extendedKeyUsage = serverAuth
[client]
extendedKeyUsage = clientAuth
[client_named]
extendedKeyUsage = clientAuth
subjectAltName = $ENV::SAN
CNF
export SAN="DNS:localhost,DNS:*.example.test,IP:127.0.0.1,IP:::1"

key() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"
}

# root FILE NAME: a CA of its own.
root() {
  export CA="$1"
  key "$1"
  openssl req -config ca.cnf -x509 -new -key "$1.key" -subj "/CN=$2" -days 3650 -extensions root -out "$1.pem"
  : >"$1.index"
  echo 1000 >"$1.serial"
}

# issue FILE NAME EXTENSIONS [options of openssl ca]: a certificate of $CA.
issue() {
  file=$1 name=$2 extensions=$3
  shift 3
  [ -e "$file.key" ] || key "$file"
  openssl req -config ca.cnf -new -key "$file.key" -subj "/CN=$name" -out "$file.csr"
  openssl ca -config ca.cnf -batch -notext -in "$file.csr" -extensions "$extensions" -out "$file.pem" "$@"
}

past="-startdate 20190101000000Z -enddate 20200101000000Z"
future="-startdate 20900101000000Z -enddate 20910101000000Z"

root ca "aiot test CA"
issue server localhost server
issue server_expired localhost server $past
issue server_future localhost server $future
issue server_plain localhost plain
issue server_revoked localhost server
issue client device-1 client
issue client_named device-1 client_named
issue client_expired device-1 client $past
issue client_revoked device-1 client
SAN="DNS:other.example,IP:192.0.2.1,DNS:a.test,DNS:b.test,DNS:c.test" issue server_other localhost server
openssl ca -config ca.cnf -gencrl -crl_lastupdate 20190101000000Z -crl_nextupdate 20200101000000Z -out crl_expired.pem
openssl ca -config ca.cnf -gencrl -out crl_empty.pem
openssl ca -config ca.cnf -revoke server_revoked.pem
openssl ca -config ca.cnf -revoke client_revoked.pem
openssl ca -config ca.cnf -gencrl -out crl.pem

openssl genrsa -out weak.key 1024
issue weak localhost server
openssl genrsa -out rsa.key 2048
issue rsa localhost server
openssl x509 -in ca.pem -outform DER -out ca.der
openssl crl -in crl.pem -outform DER -out crl.der
openssl pkey -in client.key -aes128 -passout pass:secret -out client_locked.key
cat ca.pem rsa.pem >two.pem

root stranger "another CA"
issue stranger_server localhost server
issue stranger_client device-1 client
openssl ca -config ca.cnf -gencrl -out crl_stranger.pem

# The name of the first CA, and another key.
root forger "aiot test CA"
openssl ca -config ca.cnf -gencrl -out crl_forged.pem
