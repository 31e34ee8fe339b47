// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/record/cose.hpp"

#include <algorithm>

#include "aiot/record/cbor.hpp"

namespace aiot::record {
namespace {

// Labels of RFC 9052, table 3.
constexpr std::int64_t kLabelAlgorithm = 1;
constexpr std::int64_t kLabelCritical = 2;
constexpr std::int64_t kLabelKeyId = 4;

constexpr std::uint64_t kParts = 4;

constexpr std::string_view kMacContext = "MAC0";
constexpr std::string_view kSignatureContext = "Signature1";

constexpr std::int64_t algorithm(CoseKind kind) noexcept {
  return kind == CoseKind::kMac0 ? 5 : -7;
}

// `shape`: what it means that something else stands there.
CoseFault fault_of(Error error, CoseFault shape) noexcept {
  switch (error) {
    case Error::kEmpty:
    case Error::kOutOfRange:
      return CoseFault::kTruncated;
    case Error::kInvalidArgument:
      return CoseFault::kNotDeterministic;
    case Error::kUnsupported:
      return shape;
    default:
      return CoseFault::kNotCbor;
  }
}

// The protected headers: a map whose labels ascend.
class HeaderReader {
 public:
  HeaderReader(CoseKind kind, Bytes content) noexcept
      : kind_(kind), content_(content), decoder_(content, Form::kShortest) {}

  CoseFault read(CoseHeaders& headers) noexcept {
    const Result<std::uint64_t> pairs = decoder_.read_map();
    if (!pairs.ok()) {
      return CoseFault::kHeaders;
    }
    for (std::uint64_t i = 0; i < *pairs; ++i) {
      if (const CoseFault fault = read_pair(headers); fault != CoseFault::kNone) {
        return fault;
      }
    }
    if (!decoder_.at_end()) {
      return CoseFault::kHeaders;
    }
    if (!has_algorithm_) {
      return CoseFault::kNoAlgorithm;
    }
    return critical_.empty() ? CoseFault::kNone : check_critical(headers);
  }

 private:
  // Labels are integers and texts; only small integers mean anything here.
  Result<std::int64_t> read_label() noexcept {
    const std::size_t begin = decoder_.position();
    const Result<Item> read = decoder_.next();
    if (!read.ok()) {
      return Error::kInvalidArgument;
    }
    const Item& label = *read;
    const Bytes encoded = content_.subspan(begin, decoder_.position() - begin);
    const bool ascends = std::ranges::lexicographical_compare(label_, encoded);
    const bool is_text = label.type == Type::kText && is_utf8(label.data);
    const bool is_integer = label.type == Type::kUnsigned || label.type == Type::kNegative;
    if (!is_text && !is_integer) {
      return Error::kUnsupported;
    }
    if (!ascends) {
      return Error::kInvalidArgument;
    }
    label_ = encoded;
    if (is_text || label.value > INT32_MAX) {
      return std::int64_t{0};
    }
    const auto value = static_cast<std::int64_t>(label.value);
    return label.type == Type::kUnsigned ? value : -1 - value;
  }

  CoseFault read_pair(CoseHeaders& headers) noexcept {
    const Result<std::int64_t> label = read_label();
    if (!label.ok()) {
      return label.error() == Error::kUnsupported ? CoseFault::kLabel : CoseFault::kHeaders;
    }
    const Result<Bytes> value = decoder_.skip();
    if (!value.ok()) {
      return CoseFault::kHeaders;
    }
    Decoder inside(*value);
    switch (*label) {
      case kLabelAlgorithm:
        has_algorithm_ = true;
        return inside.read_integer().value_or(0) == algorithm(kind_) ? CoseFault::kNone
                                                                     : CoseFault::kAlgorithm;
      case kLabelKeyId:
        headers.kid = inside.read_bytes().value_or({});
        return headers.kid.empty() ? CoseFault::kKeyId : CoseFault::kNone;
      case kLabelCritical:
        critical_ = *value;
        break;
      case kCoseAiotLabel:
        headers.aiot = *value;
        break;
      default:
        break;
    }
    return CoseFault::kNone;
  }

  // RFC 9052, 3.1: at least one label, each of a header that is there and understood.
  [[nodiscard]] CoseFault check_critical(const CoseHeaders& headers) const noexcept {
    Decoder decoder(critical_);
    const std::uint64_t count = decoder.read_array().value_or(0);
    bool known = count > 0;
    for (std::uint64_t i = 0; i < count && known; ++i) {
      switch (decoder.read_integer().value_or(0)) {
        case kLabelAlgorithm:
          break;
        case kLabelKeyId:
          known = !headers.kid.empty();
          break;
        case kCoseAiotLabel:
          known = !headers.aiot.empty();
          break;
        default:
          known = false;
          break;
      }
    }
    return known ? CoseFault::kNone : CoseFault::kCritical;
  }

  CoseKind kind_;
  bool has_algorithm_ = false;
  Bytes content_;
  Decoder decoder_;
  Bytes label_{};     // the last one, encoded
  Bytes critical_{};  // encoded
};

CoseFault read_kind(Decoder& decoder, CoseKind& kind) noexcept {
  const Result<std::uint64_t> tag = decoder.read_tag();
  if (!tag.ok()) {
    return fault_of(tag.error(), CoseFault::kTag);
  }
  if (*tag != static_cast<std::uint64_t>(CoseKind::kMac0) &&
      *tag != static_cast<std::uint64_t>(CoseKind::kSign1)) {
    return CoseFault::kTag;
  }
  kind = static_cast<CoseKind>(*tag);
  return CoseFault::kNone;
}

CoseFault read_message(Bytes message, CoseView& view) noexcept {
  Decoder decoder(message, Form::kShortest);
  if (const CoseFault fault = read_kind(decoder, view.kind); fault != CoseFault::kNone) {
    return fault;
  }
  const Result<std::uint64_t> parts = decoder.read_array();
  if (!parts.ok() || *parts != kParts) {
    return parts.ok() ? CoseFault::kShape : fault_of(parts.error(), CoseFault::kShape);
  }
  const Result<Bytes> headers = decoder.read_bytes();
  if (!headers.ok()) {
    return fault_of(headers.error(), CoseFault::kShape);
  }
  const Result<std::uint64_t> unprotected = decoder.read_map();
  if (!unprotected.ok() || *unprotected != 0) {
    return unprotected.ok() ? CoseFault::kUnprotected
                            : fault_of(unprotected.error(), CoseFault::kShape);
  }
  if (decoder.take_null()) {
    return CoseFault::kDetached;
  }
  const Result<Bytes> payload = decoder.read_bytes();
  const Result<Bytes> seal = payload.ok() ? decoder.read_bytes() : payload;
  if (!seal.ok()) {
    return fault_of(seal.error(), CoseFault::kShape);
  }
  if (!decoder.at_end()) {
    return CoseFault::kTrailing;
  }
  view.protected_headers = *headers;
  view.payload = *payload;
  view.seal = *seal;
  const CoseFault fault = HeaderReader(view.kind, *headers).read(view.headers);
  if (fault != CoseFault::kNone) {
    return fault;
  }
  return seal->size() == cose_seal_bytes(view.kind) ? CoseFault::kNone : CoseFault::kSealSize;
}

}  // namespace

Result<Bytes> encode_cose_headers(CoseKind kind,
                                  const CoseHeaders& headers,
                                  MutableBytes out) noexcept {
  Encoder encoder(out);
  encoder.map(1U + (headers.kid.empty() ? 0U : 1U) + (headers.aiot.empty() ? 0U : 1U));
  encoder.integer(kLabelAlgorithm);
  encoder.integer(algorithm(kind));
  if (!headers.kid.empty()) {
    encoder.integer(kLabelKeyId);
    encoder.bytes(headers.kid);
  }
  if (!headers.aiot.empty()) {
    encoder.integer(kCoseAiotLabel);
    encoder.raw(headers.aiot);
  }
  return encoder.finish();
}

Result<Bytes> encode_cose_structure(CoseKind kind,
                                    Bytes headers,
                                    std::string_view aad,
                                    std::size_t payload_bytes,
                                    MutableBytes out) noexcept {
  Encoder encoder(out);
  encoder.array(kParts);
  encoder.text(kind == CoseKind::kMac0 ? kMacContext : kSignatureContext);
  encoder.bytes(headers);
  encoder.bytes(as_bytes(aad.data(), aad.size()));
  encoder.bytes_head(payload_bytes);
  return encoder.finish();
}

Result<Bytes> encode_cose_message(CoseKind kind,
                                  Bytes headers,
                                  std::size_t payload_bytes,
                                  MutableBytes out) noexcept {
  Encoder encoder(out);
  encoder.tag(static_cast<std::uint64_t>(kind));
  encoder.array(kParts);
  encoder.bytes(headers);
  encoder.map(0);
  encoder.bytes_head(payload_bytes);
  return encoder.finish();
}

Result<Bytes> encode_cose_seal(Bytes seal, MutableBytes out) noexcept {
  Encoder encoder(out);
  encoder.bytes(seal);
  return encoder.finish();
}

CoseView decode_cose(Bytes message) noexcept {
  CoseView view;
  view.fault = read_message(message, view);
  return view;
}

}  // namespace aiot::record
