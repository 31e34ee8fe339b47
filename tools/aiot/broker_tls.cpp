// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/broker_tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>

#include "ports/linux/broker_url.hpp"
#include "ports/linux/tls_verdict.hpp"
#include "tools/aiot/console.hpp"

namespace aiot::cli {
namespace {

int context_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

std::string name_text(const X509_NAME* name) {
  std::array<char, 256> text{};
  X509_NAME_oneline(name, text.data(), static_cast<int>(text.size()));
  return printable(text.data());
}

/// The codes of x509_vfy.h that a user can do something about.
std::string words_of(int code, const X509* certificate, const std::string& host) {
  switch (code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "the server's certificate is of a CA that is not trusted here, '" +
             (certificate != nullptr ? name_text(X509_get_issuer_name(certificate)) : "") +
             "'; check the server, or name the file of its CA";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "the server's certificate, or that of its CA, has expired; renew it, or set the clock "
             "of this machine";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the server's certificate, or that of its CA, is not valid yet; set the clock of this "
             "machine";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the server's certificate is not for '" + host +
             "'; use the name that it is for, or give the server a certificate for this one";
    case X509_V_ERR_CERT_REVOKED:
      return "the server's certificate is revoked by the CRL; the server needs a new one";
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
      return "no CRL is of the CA of the server's certificate; name the file of its CRL";
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return "the CRL has expired; get the newest one from the CA, or set the clock of this "
             "machine";
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
      return "the CRL is not validly signed by the CA, or not valid yet; get it from the CA again";
    case X509_V_ERR_INVALID_PURPOSE:
      return "the server's certificate is not for a server; it needs the key usage serverAuth";
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return "the server's certificate has a weak key or signature; it needs P-256 or RSA with "
             "2048 "
             "bits, and SHA-256";
    default:
      return std::string("the server's certificate is refused: ") +
             X509_verify_cert_error_string(code) + "; check it";
  }
}

}  // namespace

struct BrokerTls::Parts {
  struct Free {
    void operator()(SSL_CTX* taken) const noexcept { SSL_CTX_free(taken); }
  };

  std::unique_ptr<SSL_CTX, Free> context;
  std::string host;
  std::string words;  // of the certificate that is refused
  std::optional<unsigned> alert;
  bool has_certificate = false;
  bool wanted = false;  // the server asks for a certificate, and there is none

  static Parts* of(const SSL* connection) {
    return static_cast<Parts*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), context_index()));
  }

  static int verify(int good, X509_STORE_CTX* store) {
    const auto* const connection = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    Parts* const self = of(connection);
    if (good == 0 && self != nullptr && self->words.empty()) {
      self->words = words_of(
          X509_STORE_CTX_get_error(store), X509_STORE_CTX_get_current_cert(store), self->host);
    }
    return good;
  }

  static int ask(SSL* connection, X509** /*certificate*/, EVP_PKEY** /*key*/) {
    Parts* const self = of(connection);
    if (self != nullptr) {
      self->wanted = true;
    }
    return 0;
  }

  static void look(const SSL* connection, int where, int value) {
    constexpr unsigned kFatal = SSL3_AL_FATAL;
    const auto alert = static_cast<unsigned>(value);
    Parts* const self = of(connection);
    if (self != nullptr && (where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT &&
        alert >> 8U == kFatal) {
      self->alert = alert & 0xFFU;
    }
  }

  std::optional<std::string> load_crl(const std::string& path) const {
    X509_STORE* const store = SSL_CTX_get_cert_store(context.get());
    X509_LOOKUP* const lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    if (lookup == nullptr || (X509_load_crl_file(lookup, path.c_str(), X509_FILETYPE_PEM) <= 0 &&
                              X509_load_crl_file(lookup, path.c_str(), X509_FILETYPE_ASN1) <= 0)) {
      return "CRL '" + path + "' does not parse; name a PEM or DER file of it";
    }
    return std::nullopt;
  }
};

BrokerTls::BrokerTls() : parts_(std::make_unique<Parts>()) {}

BrokerTls::~BrokerTls() = default;

std::optional<std::string> BrokerTls::load(const linux_port::TlsFiles& files,
                                           const std::string& host) {
  // Says in words what is wrong with a file, and that others can read the key.
  std::string message;
  if (!linux_port::TlsIdentity().load(files, message).ok()) {
    return message;
  }
  Parts& parts = *parts_;
  parts.host = host;
  parts.context.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = parts.context.get();
  const bool made = context != nullptr &&
                    SSL_CTX_set_ex_data(context, context_index(), parts_.get()) == 1 &&
                    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
  if (!made) {
    return "TLS can not be started; check the configuration of OpenSSL";
  }
  if (SSL_CTX_load_verify_file(context, files.ca.c_str()) != 1) {
    return "CA '" + files.ca + "' can not be used; name a PEM file of it (openssl x509 makes one)";
  }
  parts.has_certificate = !files.certificate.empty();
  if (parts.has_certificate &&
      (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1 ||
       SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)) {
    return "certificate '" + files.certificate +
           "' and its key can not be used; name PEM files of "
           "both (openssl x509 and openssl pkey make them)";
  }

  X509_VERIFY_PARAM* const rules = SSL_CTX_get0_param(context);
  const std::string bare = host.substr(0, host.find('%'));
  const bool named = linux_port::is_address(host)
                         ? X509_VERIFY_PARAM_set1_ip_asc(rules, bare.c_str()) == 1
                         : X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size()) == 1;
  if (!named) {
    return "the host '" + printable(host) + "' can not be verified; name another one";
  }
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  for (const std::string& crl : files.crls) {
    if (auto problem = parts.load_crl(crl)) {
      return problem;
    }
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_CRL_CHECK);
  }
  ERR_clear_error();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, &Parts::verify);
  SSL_CTX_set_client_cert_cb(context, &Parts::ask);
  SSL_CTX_set_info_callback(context, &Parts::look);
  return std::nullopt;
}

ssl_ctx_st* BrokerTls::context() noexcept {
  return parts_->context.get();
}

void BrokerTls::begin(bool for_reason) noexcept {
  parts_->words.clear();
  parts_->alert.reset();
  parts_->wanted = false;
  if (parts_->context != nullptr) {
    (void)SSL_CTX_set_max_proto_version(parts_->context.get(), for_reason ? TLS1_2_VERSION : 0);
  }
}

std::string BrokerTls::problem() const {
  if (!parts_->words.empty() || !parts_->alert) {
    return parts_->words;
  }
  const linux_port::OwnCertificate own{.exists = parts_->has_certificate,
                                       .wanted = parts_->has_certificate || parts_->wanted};
  return linux_port::verdict_of_alert(*parts_->alert, own).why;
}

}  // namespace aiot::cli
