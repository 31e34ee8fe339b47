// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/tls_verdict.hpp"

#include <arpa/inet.h>
#include <mbedtls/oid.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string_view>

#include "ports/linux/broker_url.hpp"

namespace aiot::linux_port {
namespace {

constexpr std::size_t kMaxNames = 4;  // that a message lists

/// Foreign bytes as a message may show them.
std::string shown(const unsigned char* bytes, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(bytes), std::min<std::size_t>(size, 100));
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~' || c == '\''; }, '?');
  return text;
}

std::string shown_name(const mbedtls_x509_name& name) {
  std::array<char, 256> text{};
  if (::mbedtls_x509_dn_gets(text.data(), text.size(), &name) < 0) {
    return "a name that is too long";
  }
  return shown(reinterpret_cast<const unsigned char*>(text.data()), std::strlen(text.data()));
}

std::string date(const mbedtls_x509_time& time) {
  std::array<char, 64> text{};
  (void)std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", time.year, time.mon, time.day);
  return text.data();
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  std::array<char, 64> text{};
  (void)::gmtime_r(&now, &parts);
  (void)std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts);
  return text.data();
}

unsigned kind_of(const mbedtls_x509_buf& name) noexcept {
  return static_cast<unsigned>(name.tag) & MBEDTLS_ASN1_TAG_VALUE_MASK;
}

bool has_names(const mbedtls_x509_crt& certificate) noexcept {
  return (certificate.ext_types & MBEDTLS_X509_EXT_SUBJECT_ALT_NAME) != 0;
}

/// One subject alternative name, or nothing for kinds that are no host.
std::string shown_host(const mbedtls_x509_buf& name) {
  if (kind_of(name) == MBEDTLS_X509_SAN_DNS_NAME) {
    return shown(name.p, name.len);
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (kind_of(name) == MBEDTLS_X509_SAN_IP_ADDRESS && (name.len == 4 || name.len == 16) &&
      ::inet_ntop(name.len == 4 ? AF_INET : AF_INET6, name.p, text.data(), text.size()) !=
          nullptr) {
    return text.data();
  }
  return {};
}

/// The hosts that a certificate is for, separated by commas.
std::string shown_hosts(const mbedtls_x509_crt& certificate) {
  std::string list;
  std::size_t count = 0;
  if (!has_names(certificate)) {
    return shown_name(certificate.subject);
  }
  for (const auto* each = &certificate.subject_alt_names; each != nullptr; each = each->next) {
    const std::string host = shown_host(each->buf);
    if (host.empty()) {
      continue;
    }
    if (++count > kMaxNames) {
      return list + ", ...";
    }
    list += (list.empty() ? "" : ", ") + host;
  }
  return list.empty() ? "no host" : list;
}

/// Whether a certificate names the address `host`. Mbed TLS 2.28 compares DNS names only.
/// Source: RFC 6125, 1.7.2, and RFC 2818, 3.1: an address must be a subject alternative name.
bool is_for_address(const mbedtls_x509_crt& certificate, const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  const bool v6 = host.find(':') != std::string::npos;
  const std::size_t size = v6 ? sizeof(in6_addr) : sizeof(in_addr);
  const std::string bare = host.substr(0, host.find('%'));
  if (!has_names(certificate) ||
      ::inet_pton(v6 ? AF_INET6 : AF_INET, bare.c_str(), address.data()) != 1) {
    return false;
  }
  for (const auto* each = &certificate.subject_alt_names; each != nullptr; each = each->next) {
    if (kind_of(each->buf) == MBEDTLS_X509_SAN_IP_ADDRESS && each->buf.len == size &&
        std::memcmp(each->buf.p, address.data(), size) == 0) {
      return true;
    }
  }
  return false;
}

bool is_same(const mbedtls_x509_buf& a, const mbedtls_x509_buf& b) noexcept {
  return a.len == b.len && std::memcmp(a.p, b.p, a.len) == 0;
}

}  // namespace

void TlsInspection::start(const std::string& host, const mbedtls_x509_crl* crls) {
  *this = {};
  host_ = host;
  crls_ = crls;
}

void TlsInspection::look(const mbedtls_x509_crt& certificate, int depth, std::uint32_t& flags) {
  const std::string which =
      depth == 0 ? "the server's certificate" : "the CA '" + shown_name(certificate.subject) + "'";
  if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0) {
    issuer_ = shown_name(certificate.issuer);
  }
  if ((flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0) {
    expired_ = which + " has expired on " + date(certificate.valid_to);
  }
  if ((flags & MBEDTLS_X509_BADCERT_FUTURE) != 0) {
    not_yet_valid_ = which + " is not valid before " + date(certificate.valid_from);
  }
  if (depth != 0) {
    return;
  }
  names_ = shown_hosts(certificate);
  if (is_address(host_) && !is_for_address(certificate, host_)) {
    flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
  }
  // Mbed TLS is content when no CRL is of the issuer.
  bool is_covered = crls_ == nullptr;
  for (const auto* each = crls_; each != nullptr; each = each->next) {
    is_covered = is_covered || is_same(each->issuer_raw, certificate.issuer_raw);
  }
  if (!is_covered) {
    is_uncovered_ = true;
    issuer_ = shown_name(certificate.issuer);
    flags |= MBEDTLS_X509_BADCERT_OTHER;
  }
}

TlsVerdict TlsInspection::verdict(std::uint32_t flags) const {
  const auto any = [flags](std::uint32_t mask) { return (flags & mask) != 0; };
  // Of many things that are wrong the first says most: whose the certificate is, then whether it
  // holds, then for whom.
  if (any(MBEDTLS_X509_BADCERT_NOT_TRUSTED)) {
    return {LinkFault::kUntrusted,
            "the server's certificate is of a CA that is not trusted here, '" + issuer_ +
                "'; check the server, or name the file of its CA"};
  }
  if (any(MBEDTLS_X509_BADCERT_REVOKED)) {
    return {LinkFault::kRevoked,
            "the server's certificate is revoked by the CRL; the server needs a new one"};
  }
  if (any(MBEDTLS_X509_BADCERT_EXPIRED)) {
    return {LinkFault::kExpired,
            expired_ + "; renew it, or set the clock of this machine (it says " + today() + ")"};
  }
  if (any(MBEDTLS_X509_BADCERT_FUTURE)) {
    return {LinkFault::kNotYetValid,
            not_yet_valid_ + "; set the clock of this machine (it says " + today() + ")"};
  }
  if (any(MBEDTLS_X509_BADCERT_CN_MISMATCH)) {
    return {LinkFault::kWrongName,
            "the server's certificate is not for '" + host_ + "' but for " + names_ +
                "; use that name, or give the server a certificate for this one"};
  }
  if (any(MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE |
          MBEDTLS_X509_BADCERT_NS_CERT_TYPE)) {
    return {LinkFault::kWrongPurpose,
            "the server's certificate is not for a server; it needs the key usage serverAuth"};
  }
  if (any(MBEDTLS_X509_BADCRL_NOT_TRUSTED | MBEDTLS_X509_BADCRL_FUTURE |
          MBEDTLS_X509_BADCRL_BAD_MD | MBEDTLS_X509_BADCRL_BAD_PK | MBEDTLS_X509_BADCRL_BAD_KEY)) {
    return {LinkFault::kCrlUntrusted,
            "the CRL is not validly signed by the CA, or not valid yet; get it from the CA again "
            "(the CA's certificate needs the key usage cRLSign)"};
  }
  if (any(MBEDTLS_X509_BADCRL_EXPIRED)) {
    return {LinkFault::kCrlExpired,
            "the CRL has expired; get the newest one from the CA, or set the clock of this "
            "machine (it says " +
                today() + ")"};
  }
  if (is_uncovered_) {
    return {LinkFault::kCrlMissing,
            "no CRL is of the CA of the server's certificate, '" + issuer_ +
                "'; name the file of its CRL"};
  }
  if (any(MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK |
          MBEDTLS_X509_BADCERT_BAD_KEY)) {
    return {LinkFault::kWeak,
            "the server's certificate has a weak or unknown key or signature; it needs P-256 or "
            "RSA with 2048 bits, and SHA-256"};
  }
  return {LinkFault::kTls, "the server's certificate is refused; check it"};
}

TlsVerdict verdict_of_alert(unsigned alert, OwnCertificate own) {
  constexpr unsigned kCertificateRequired = 116;  // RFC 8446
  const std::string number = " (alert " + std::to_string(alert) + ")";
  if (own.wanted && !own.exists) {
    return {LinkFault::kOwnMissing,
            "the server asks for a client certificate; name one and its key" + number};
  }
  switch (alert) {
    case MBEDTLS_SSL_ALERT_MSG_CERT_REVOKED:
      return {LinkFault::kOwnRevoked,
              "the server says that the client certificate is revoked; get a new one" + number};
    case MBEDTLS_SSL_ALERT_MSG_CERT_EXPIRED:
      return {LinkFault::kOwnExpired,
              "the server says that the client certificate, or its CRL, has expired; renew it" +
                  number};
    case MBEDTLS_SSL_ALERT_MSG_UNKNOWN_CA:
      return {LinkFault::kOwnUnknownCa,
              "the server does not know the CA of the client certificate, or has no CRL of it; "
              "use a certificate of its CA" +
                  number};
    case MBEDTLS_SSL_ALERT_MSG_NO_CERT:
    case kCertificateRequired:
      return {LinkFault::kOwnMissing,
              "the server asks for a client certificate; name one and its key" + number};
    case MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION:
      return {LinkFault::kVersion,
              "the server does not speak TLS 1.2; let it accept that version" + number};
    case MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME:
      return {LinkFault::kWrongName,
              "the server says that it is not this host; check the name" + number};
    case MBEDTLS_SSL_ALERT_MSG_BAD_CERT:
    case MBEDTLS_SSL_ALERT_MSG_UNSUPPORTED_CERT:
    case MBEDTLS_SSL_ALERT_MSG_CERT_UNKNOWN:
    case MBEDTLS_SSL_ALERT_MSG_ACCESS_DENIED:
    case MBEDTLS_SSL_ALERT_MSG_DECRYPT_ERROR:
      return {LinkFault::kOwnRefused,
              "the server refuses the client certificate; see its log for why" + number};
    case MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE:
    case MBEDTLS_SSL_ALERT_MSG_INSUFFICIENT_SECURITY:
      if (!own.wanted) {
        return {LinkFault::kTls,
                "the server has no cipher in common; let it accept TLS 1.2 with ECDHE and AES-GCM "
                "or ChaCha20" +
                    number};
      }
      return {LinkFault::kOwnRefused,
              "the server refuses the handshake; see its log for why" + number};
    default:
      return {LinkFault::kTls, "the server ended TLS; see its log for why" + number};
  }
}

}  // namespace aiot::linux_port
