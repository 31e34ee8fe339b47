// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Every image of the shared vectors has the verdict that its manifest demands.

#include <array>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "aiot/toolkit/ed25519.hpp"
#include "aiot/toolkit/keys.hpp"
#include "aiot/update/image.hpp"
#include "tests/golden/image_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::update::golden {
namespace {

constexpr std::array kSchemes = {
    crypto::kP256Scheme, crypto::kRsa2048Scheme, toolkit::kEd25519Scheme};

std::string version_text(const Version& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.revision) + "+" + std::to_string(version.build);
}

/// The image of one row, its key and its policy.
class Case {
 public:
  Case(const std::filesystem::path& folder, const ImageRow& row)
      : row_(row), text_(read_file(folder / row.file)) {
    EXPECT_EQ(text_.size(), row.bytes);
    policy_.schemes = kSchemes;
    policy_.stored_counter = row.stored_counter;
    if (row.key.empty()) {
      policy_.signature = SignatureRule::kHashOnly;
      return;
    }
    const auto read = toolkit::read_public_key(folder / "keys" / (row.key + ".pub.der"));
    EXPECT_TRUE(read.ok()) << read.problem().text;
    if (read.ok()) {
      public_key_ = *read;
      key_ = {public_key_.kind, public_key_.encoding};
      policy_.keys = {&key_, 1};
    }
  }

  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;

  VerifyPolicy& policy() { return policy_; }

  [[nodiscard]] Bytes image() const { return as_bytes(text_.data(), text_.size()); }

  [[nodiscard]] ImageVerdict verdict() const {
    std::array<std::byte, 1024> buffer{};
    return verify_image(image(), policy_, buffer);
  }

  void expect_accepted() const {
    const ImageVerdict whole = verdict();
    EXPECT_TRUE(whole.ok()) << to_string(whole.fault);
    if (!row_.version.empty()) {
      EXPECT_EQ(version_text(whole.image.header.version), row_.version);
    }
    if (!row_.counter.empty()) {
      EXPECT_EQ(whole.image.counter, std::optional(std::stoul(row_.counter)));
    }
    EXPECT_LE(whole.image.size_bytes, row_.bytes);
    std::array<std::byte, kMaxOfferBytes> memory{};
    const auto size = make_offer(image(), memory);
    ASSERT_TRUE(size.ok());
    const ImageVerdict offer = verify_offer(Bytes(memory).first(*size), policy_);
    EXPECT_TRUE(offer.ok()) << "offer: " << to_string(offer.fault);
    EXPECT_EQ(offer.image.hash, whole.image.hash);
    EXPECT_EQ(offer.image.size_bytes, whole.image.size_bytes);
  }

  void expect_refused() const { EXPECT_FALSE(verdict().ok()); }

  void expect_fault(ImageFault fault) const {
    EXPECT_EQ(verdict().fault, fault) << to_string(verdict().fault);
  }

  /// The hash of such an image may be of another kind, too, which is met first.
  void expect_pure_refused() const {
    const ImageFault fault = verdict().fault;
    EXPECT_TRUE(fault == ImageFault::kPureSignature || fault == ImageFault::kHashKind)
        << to_string(fault);
  }

 private:
  const ImageRow& row_;
  std::string text_;
  toolkit::PublicKey public_key_;
  TrustedKey key_;
  VerifyPolicy policy_;
};

void run(Case& test, const std::string& expect) {
  if (expect == "accept") {
    test.expect_accepted();
  } else if (expect == "reject") {
    test.expect_refused();
  } else if (expect == "accept-unless-allowlist") {
    test.expect_fault(ImageFault::kTlvNotAllowed);
  } else if (expect == "accept-pure") {
    test.expect_pure_refused();
  } else if (expect == "accept-hwkey") {
    test.expect_fault(ImageFault::kPublicKey);
  } else if (expect == "accept-if-address-matches") {
    test.expect_fault(ImageFault::kAddressUnknown);
    const std::uint32_t address = test.verdict().image.header.load_address;
    test.policy().slot_address = address + 4;
    test.expect_fault(ImageFault::kAddress);
    test.policy().slot_address = address;
    test.expect_accepted();
  } else if (expect == "verify-ok-not-bootable") {
    test.expect_fault(ImageFault::kNotBootable);
    test.policy().boot = BootRule::kNeedNot;
    test.expect_accepted();
  } else if (expect == "accept-or-reject") {
    (void)test.verdict();
  } else {
    FAIL() << "no rule for " << expect;
  }
}

TEST(ImageGolden, GivesEveryImageTheVerdictOfTheManifest) {
  const auto folder = image_folder();
  if (!folder) {
    GTEST_SKIP() << kNoImages;
  }
  const std::vector<ImageRow> rows = read_image_rows(*folder / "manifest.csv");
  ASSERT_FALSE(rows.empty()) << *folder;
  for (const ImageRow& row : rows) {
    SCOPED_TRACE(row.file);
    Case test(*folder, row);
    run(test, row.expect);
  }
  std::printf("golden images: %zu images verified\n", rows.size());
}

}  // namespace
}  // namespace aiot::update::golden
