// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/sealed.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "aiot/core/check.hpp"
#include "aiot/crypto/compare.hpp"
#include "aiot/link/uplink.hpp"
#include "aiot/record/cbor.hpp"
#include "src/link/reply.hpp"
#include "src/link/sign1.hpp"

namespace aiot::link {
namespace {

using record::CoseKind;
using record::CoseView;

constexpr std::string_view kBatchAad = "aiot-batch-1";
constexpr std::string_view kAckAad = "aiot-ack-1";
constexpr std::size_t kMacBytes = record::cose_seal_bytes(CoseKind::kMac0);

// [stream, first, last, previous, run unless 0]
constexpr std::uint64_t kChainItems = 4;
constexpr std::size_t kMaxChainBytes = 1 + 1 + 9 + 9 + 17 + 9;
constexpr std::size_t kMaxHeaders = record::max_cose_headers(kMaxDeviceBytes, kMaxChainBytes);
constexpr std::size_t kMaxHead = record::max_cose_structure(kMaxHeaders, kBatchAad.size());
static_assert(kMaxHead + 2 + record::cose_seal_bytes(CoseKind::kSign1) <= kBatchSealBytes);

// [stream, last, hash, time or null, run unless 0]
constexpr std::uint64_t kAckItems = 4;
static_assert(1 + 1 + 9 + 17 + 9 + 9 <= kMaxReplyPayload);

constexpr std::size_t kMaxReplyHeaders = record::max_cose_headers(kMaxDeviceBytes, 0);
constexpr std::size_t kMaxReplyHead = record::max_cose_structure(kMaxReplyHeaders, 16);
static_assert(kMaxReplyHead + kMaxReplyPayload + 2 + kMacBytes <= kMaxReplyBytes);

Bytes bytes_of(std::string_view text) noexcept {
  return as_bytes(text.data(), text.size());
}

CoseKind kind_of(BatchSeal seal) noexcept {
  return seal == BatchSeal::kMac ? CoseKind::kMac0 : CoseKind::kSign1;
}

struct Content {
  CoseKind kind = CoseKind::kMac0;
  Bytes headers{};
  std::string_view aad{};
  Bytes payload{};
};

// What a code is over must lie in one piece for the key store, so the message is made around its
// payload: first with the longer head of MAC_structure before it, then with its own.
Result<Bytes> seal_mac(const Content& content,
                       hal::KeyId key,
                       hal::KeyStoreRef keys,
                       MutableBytes out) noexcept {
  std::array<std::byte, kMaxHead> room{};
  const std::size_t size = content.payload.size();
  AIOT_TRY_ASSIGN(
      const Bytes structure,
      record::encode_cose_structure(content.kind, content.headers, content.aad, size, room));
  const std::size_t end = structure.size() + size;
  if (out.size() < end || out.size() - end < 2 + kMacBytes) {
    return Error::kNoSpace;
  }
  std::memmove(&out[structure.size()], content.payload.data(), size);
  std::ranges::copy(structure, out.begin());
  std::array<std::byte, kMacBytes> code{};
  AIOT_TRY(keys.mac(key, out.first(end), code));
  AIOT_TRY_ASSIGN(const Bytes tail, record::encode_cose_seal(code, out.subspan(end)));
  AIOT_TRY_ASSIGN(const Bytes head,
                  record::encode_cose_message(content.kind, content.headers, size, room));
  const std::size_t begin = structure.size() - head.size();
  std::ranges::copy(head, out.subspan(begin).begin());
  return Bytes(out.subspan(begin, head.size() + size + tail.size()));
}

// `scratch` holds MAC_structure.
SealFault check_mac(const CoseView& view,
                    std::string_view aad,
                    hal::KeyId key,
                    hal::KeyStoreRef keys,
                    MutableBytes scratch) noexcept {
  const Result<Bytes> head = record::encode_cose_structure(
      view.kind, view.protected_headers, aad, view.payload.size(), scratch);
  if (!head.ok() || scratch.size() - head->size() < view.payload.size()) {
    return SealFault::kHeader;  // longer than any of ours
  }
  std::ranges::copy(view.payload, scratch.subspan(head->size()).begin());
  std::array<std::byte, kMacBytes> code{};
  if (!keys.mac(key, scratch.first(head->size() + view.payload.size()), code).ok()) {
    return SealFault::kKey;
  }
  return crypto::equal_constant_time(code, view.seal) ? SealFault::kNone : SealFault::kSeal;
}

bool read_stream(record::Decoder& decoder, Stream& stream) noexcept {
  const std::uint64_t number = decoder.read_unsigned().value_or(kStreams);
  stream = static_cast<Stream>(number);
  return number < kStreams;
}

bool read_number(record::Decoder& decoder, std::uint64_t& number) noexcept {
  const Result<std::uint64_t> read = decoder.read_unsigned();
  number = read.value_or(0);
  return read.ok();
}

bool read_hash(record::Decoder& decoder, BatchHash& hash) noexcept {
  const Bytes read = decoder.read_bytes().value_or({});
  if (read.size() != hash.size()) {
    return false;
  }
  std::ranges::copy(read, hash.begin());
  return true;
}

// What may be behind `known` of `items`: the run, or null, and what later versions add.
bool read_tail(record::Decoder& decoder,
               std::uint64_t items,
               std::uint64_t known,
               std::uint64_t& run) noexcept {
  if (items > known) {
    ++known;
    if (!decoder.take_null() && !read_number(decoder, run)) {
      return false;
    }
  }
  return is_rest(decoder, items - known);
}

bool read_chain(Bytes header, OpenedBatch& to) noexcept {
  record::Decoder decoder(header, record::Form::kShortest);
  hal::Batch& batch = to.batch;
  const std::uint64_t items = decoder.read_array().value_or(0);
  return items >= kChainItems && read_stream(decoder, batch.stream) &&
         read_number(decoder, batch.first) && read_number(decoder, batch.last) &&
         batch.last >= batch.first && read_hash(decoder, batch.previous) &&
         read_tail(decoder, items, kChainItems, to.run);
}

bool read_time(record::Decoder& decoder, std::optional<std::int64_t>& unix_ms) noexcept {
  if (decoder.take_null()) {
    return true;
  }
  unix_ms = decoder.read_integer().value_or(-1);
  return *unix_ms >= 0 && *unix_ms <= kMaxUnixMs;
}

bool read_ack(Bytes payload, TimedAck& to) noexcept {
  record::Decoder decoder(payload, record::Form::kShortest);
  const std::uint64_t items = decoder.read_array().value_or(0);
  return items >= kAckItems && read_stream(decoder, to.ack.stream) &&
         read_number(decoder, to.ack.last) && read_hash(decoder, to.ack.hash) &&
         read_time(decoder, to.unix_ms) && read_tail(decoder, items, kAckItems, to.run);
}

}  // namespace

Result<Bytes> seal_batch(const hal::Batch& batch,
                         const SealConfig& config,
                         hal::KeyStoreRef keys,
                         MutableBytes out) noexcept {
  if (!is_device_name(config.device) || batch.payload.empty()) {
    return Error::kInvalidArgument;
  }
  std::array<std::byte, kMaxChainBytes> chain{};
  record::Encoder encoder(chain);
  encoder.array(kChainItems + (config.run != 0 ? 1U : 0U));
  encoder.unsigned_integer(static_cast<std::uint64_t>(batch.stream));
  encoder.unsigned_integer(batch.first);
  encoder.unsigned_integer(batch.last);
  encoder.bytes(batch.previous);
  if (config.run != 0) {
    encoder.unsigned_integer(config.run);
  }
  AIOT_TRY_ASSIGN(const Bytes own, encoder.finish());
  const CoseKind kind = kind_of(config.batches);
  std::array<std::byte, kMaxHeaders> room{};
  AIOT_TRY_ASSIGN(
      const Bytes headers,
      record::encode_cose_headers(kind, {.kid = bytes_of(config.device), .aiot = own}, room));
  if (kind == CoseKind::kMac0) {
    return seal_mac({kind, headers, kBatchAad, batch.payload}, config.batch_key, keys, out);
  }
  return seal_sign1(headers, kBatchAad, batch.payload, config.batch_key, keys, out);
}

std::string_view claimed_device(Bytes message) noexcept {
  const CoseView view = record::decode_cose(message);
  const Bytes kid = view.headers.kid;
  return view.ok() ? std::string_view(reinterpret_cast<const char*>(kid.data()), kid.size())
                   : std::string_view();
}

OpenedBatch open_batch(Bytes message,
                       const SealConfig& config,
                       hal::KeyStoreRef keys,
                       MutableBytes scratch) noexcept {
  AIOT_CHECK(
      config.batches != BatchSeal::kMac ||
      (scratch.size() >= kBatchSealBytes && scratch.size() - kBatchSealBytes >= message.size()));
  OpenedBatch opened;
  const CoseView view = record::decode_cose(message);
  opened.form = view.fault;
  if (!view.ok()) {
    opened.fault = SealFault::kForm;
  } else if (view.kind != kind_of(config.batches)) {
    opened.fault = SealFault::kKind;
  } else if (!std::ranges::equal(view.headers.kid, bytes_of(config.device))) {
    opened.fault = SealFault::kDevice;
  } else if (!read_chain(view.headers.aiot, opened)) {
    opened.fault = SealFault::kHeader;
  } else if (view.payload.empty()) {
    opened.fault = SealFault::kPayload;
  } else if (view.kind == CoseKind::kMac0) {
    opened.fault = check_mac(view, kBatchAad, config.batch_key, keys, scratch);
  } else {
    opened.fault = check_sign1(view, kBatchAad, config.batch_key, keys);
  }
  if (!opened.ok()) {
    opened.batch = {};
    opened.run = 0;
    return opened;
  }
  opened.batch.payload = view.payload;
  opened.batch.hash = hash_batch(opened.batch.previous, view.payload);
  return opened;
}

bool is_rest(record::Decoder& decoder, std::uint64_t items) noexcept {
  for (; items > 0; --items) {
    if (!decoder.skip().ok()) {
      return false;
    }
  }
  return decoder.at_end();
}

Result<Bytes> seal_reply(std::string_view aad,
                         Bytes payload,
                         const SealConfig& config,
                         hal::KeyStoreRef keys,
                         MutableBytes out) noexcept {
  if (!is_device_name(config.device)) {
    return Error::kInvalidArgument;
  }
  std::array<std::byte, kMaxReplyHeaders> room{};
  AIOT_TRY_ASSIGN(
      const Bytes headers,
      record::encode_cose_headers(CoseKind::kMac0, {.kid = bytes_of(config.device)}, room));
  return seal_mac({CoseKind::kMac0, headers, aad, payload}, config.reply_key, keys, out);
}

OpenedReply open_reply(Bytes message,
                       std::string_view aad,
                       const SealConfig& config,
                       hal::KeyStoreRef keys) noexcept {
  OpenedReply opened;
  const CoseView view = record::decode_cose(message);
  opened.form = view.fault;
  std::array<std::byte, kMaxReplyHead + kMaxReplyPayload> scratch{};
  if (!view.ok()) {
    opened.fault = SealFault::kForm;
  } else if (view.kind != CoseKind::kMac0) {
    opened.fault = SealFault::kKind;
  } else if (!std::ranges::equal(view.headers.kid, bytes_of(config.device))) {
    opened.fault = SealFault::kDevice;
  } else if (!view.headers.aiot.empty()) {
    opened.fault = SealFault::kHeader;
  } else if (view.payload.size() > kMaxReplyPayload) {
    opened.fault = SealFault::kPayload;
  } else {
    opened.fault = check_mac(view, aad, config.reply_key, keys, scratch);
  }
  if (opened.fault == SealFault::kNone) {
    opened.payload = view.payload;
  }
  return opened;
}

Result<Bytes> seal_ack(const TimedAck& ack,
                       const SealConfig& config,
                       hal::KeyStoreRef keys,
                       MutableBytes out) noexcept {
  if (ack.unix_ms && (*ack.unix_ms < 0 || *ack.unix_ms > kMaxUnixMs)) {
    return Error::kInvalidArgument;
  }
  std::array<std::byte, kMaxReplyPayload> room{};
  record::Encoder encoder(room);
  encoder.array(kAckItems + (ack.run != 0 ? 1U : 0U));
  encoder.unsigned_integer(static_cast<std::uint64_t>(ack.ack.stream));
  encoder.unsigned_integer(ack.ack.last);
  encoder.bytes(ack.ack.hash);
  if (ack.unix_ms) {
    encoder.integer(*ack.unix_ms);
  } else {
    encoder.null();
  }
  if (ack.run != 0) {
    encoder.unsigned_integer(ack.run);
  }
  AIOT_TRY_ASSIGN(const Bytes payload, encoder.finish());
  return seal_reply(kAckAad, payload, config, keys, out);
}

OpenedAck open_ack(Bytes message, const SealConfig& config, hal::KeyStoreRef keys) noexcept {
  OpenedAck opened;
  const OpenedReply reply = open_reply(message, kAckAad, config, keys);
  opened.fault = reply.fault;
  opened.form = reply.form;
  if (opened.ok() && !read_ack(reply.payload, opened.value)) {
    opened.fault = SealFault::kPayload;
    opened.value = {};
  }
  return opened;
}

}  // namespace aiot::link
