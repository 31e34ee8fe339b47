// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/broker_options.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <iterator>

#include "aiot/toolkit/files.hpp"
#include "ports/linux/broker_url.hpp"

namespace aiot::cli {

using linux_port::Scheme;

void add_broker_options(CLI::App& verb, BrokerOptions& options) {
  verb.add_option("--broker", options.url, "MQTT broker: mqtts://host[:port] or mqtt://host[:port]")
      ->type_name("URL");
  verb.add_option("--ca", options.ca, "Certificates that the broker's is verified with (PEM)")
      ->type_name("FILE");
  verb.add_option("--cert", options.certificate, "Own certificate (PEM)")->type_name("FILE");
  verb.add_option("--key", options.key, "Its private key, which only you can read (PEM)")
      ->type_name("FILE");
  verb.add_option("--crl", options.crls, "Revoked certificates (PEM or DER); several are allowed")
      ->type_name("FILE");
  verb.add_option("--user", options.user, "Name for a broker that asks for one")->type_name("NAME");
  verb.add_option("--password-file",
                  options.password_file,
                  "File whose first line is the password; only you can read it")
      ->type_name("FILE");
  verb.add_option("--prefix", options.prefix, "Begin of the topics")
      ->type_name("TEXT")
      ->capture_default_str();
}

namespace {

bool is_topic_level(const std::string& text) {
  return text.find_first_of("+#") == std::string::npos && text.find('\0') == std::string::npos;
}

}  // namespace

std::optional<std::string> usage_problem(const BrokerOptions& options) {
  if (options.url.empty()) {
    const bool stray = !options.ca.empty() || !options.certificate.empty() ||
                       !options.key.empty() || !options.crls.empty() || !options.user.empty();
    return stray ? std::optional("--ca, --cert, --key, --crl and --user want --broker URL")
                 : std::nullopt;
  }
  if (options.prefix.empty() || options.prefix.size() > link::kMaxPrefixBytes ||
      !is_topic_level(options.prefix) || options.prefix.front() == '/' ||
      options.prefix.back() == '/') {
    return "--prefix has to be 1 to " + std::to_string(link::kMaxPrefixBytes) +
           " bytes without + and #, and without / at its ends";
  }
  linux_port::BrokerUrl url;
  std::string message;
  if (!linux_port::parse_broker_url(options.url, url, message).ok()) {
    return message;
  }
  if (url.scheme == Scheme::kMqtts && options.ca.empty()) {
    return "mqtts:// wants --ca FILE, the certificates that the broker's is verified with";
  }
  if (url.scheme == Scheme::kMqtt &&
      (!options.ca.empty() || !options.certificate.empty() || !options.crls.empty())) {
    return "--ca, --cert and --crl want mqtts://, mqtt:// is not encrypted; use mqtts://";
  }
  if (options.certificate.empty() != options.key.empty()) {
    return "--cert and --key belong together";
  }
  if (options.user.empty() && !options.password_file.empty()) {
    return "--password-file wants --user";
  }
  return std::nullopt;
}

std::string device_name_rule() {
  return "1 to " + std::to_string(link::kMaxDeviceBytes) +
         " bytes without /, + and #: it is a part of the broker's topics";
}

std::optional<std::string> read_password(const BrokerOptions& options, std::string& password) {
  if (options.password_file.empty()) {
    return std::nullopt;
  }

  struct stat about {};

  if (::stat(options.password_file.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
      (about.st_mode & (S_IRGRP | S_IROTH)) != 0) {
    return options.password_file + ": others can read it; chmod 600 it";
  }
  const auto content = toolkit::read_file(options.password_file);
  if (!content.ok()) {
    return content.problem().text;
  }
  const auto end = std::find(content->begin(), content->end(), std::byte{'\n'});
  std::transform(content->begin(), end, std::back_inserter(password), [](std::byte b) {
    return static_cast<char>(b);
  });
  return std::nullopt;
}

std::optional<std::string> open_broker(const BrokerOptions& options,
                                       linux_port::BrokerTransport& transport,
                                       std::string& password) {
  std::string message;
  const linux_port::TlsFiles files{.ca = options.ca,
                                   .certificate = options.certificate,
                                   .key = options.key,
                                   .crls = options.crls};
  if (!transport.open(options.url, files, message).ok()) {
    return message;
  }
  return read_password(options, password);
}

}  // namespace aiot::cli
