// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aiot::test {

/// What is wrong with a document as XML, or nothing: tags that close each other, quoted attributes
/// that are unique in their element, no stray < or &, unique ids, only the five entities and
/// numbers. Enough for what the library writes; no comments, CDATA or processing instructions.
class Markup {
 public:
  explicit Markup(std::string_view text) : text_(text) {}

  std::string problem() {
    if (text_.substr(0, 15) == "<!DOCTYPE html>") {
      at_ = 15;
    }
    while (problem_.empty() && at_ < text_.size()) {
      text_[at_] == '<' ? tag() : characters('<');
    }
    if (problem_.empty() && !open_.empty()) {
      fail("never closed: " + open_.back());
    }
    return problem_;
  }

 private:
  void fail(const std::string& what) {
    if (problem_.empty()) {
      problem_ = what + " at " + std::to_string(at_) + ": " + std::string(text_.substr(at_, 40));
    }
  }

  bool take(char c) {
    const bool there = at_ < text_.size() && text_[at_] == c;
    at_ += there ? 1U : 0U;
    return there;
  }

  void spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) {
      ++at_;
    }
  }

  std::string name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '-')) {
      ++at_;
    }
    if (at_ == begin) {
      fail("a name is missing");
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  /// Text up to `end`.
  void characters(char end) {
    while (at_ < text_.size() && text_[at_] != end && problem_.empty()) {
      if (text_[at_] == '&') {
        entity();
      } else if (text_[at_] == '<') {
        fail("stray <");
      } else {
        ++at_;
      }
    }
  }

  void entity() {
    for (const std::string_view known : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) {
      if (text_.substr(at_, known.size()) == known) {
        at_ += known.size();
        return;
      }
    }
    fail("unknown entity");
  }

  void attributes() {
    std::vector<std::string> names;
    for (spaces(); at_ < text_.size() && text_[at_] != '>' && text_[at_] != '/' && problem_.empty();
         spaces()) {
      const std::string attribute = name();
      for (const std::string& other : names) {
        if (other == attribute) {
          fail("twice: " + attribute);
        }
      }
      names.push_back(attribute);
      if (!take('=') || !take('"')) {
        fail("an attribute without quotes");
        return;
      }
      const std::size_t begin = at_;
      characters('"');
      if (attribute == "id") {
        unique(std::string(text_.substr(begin, at_ - begin)));
      }
      if (!take('"')) {
        fail("an attribute without end");
      }
    }
  }

  void unique(const std::string& id) {
    for (const std::string& other : ids_) {
      if (other == id) {
        fail("id twice: " + id);
      }
    }
    ids_.push_back(id);
  }

  void tag() {
    take('<');
    if (take('/')) {
      const std::string closed = name();
      if (open_.empty() || open_.back() != closed) {
        fail("closes what is not open: " + closed);
      } else {
        open_.pop_back();
      }
      if (!take('>')) {
        fail("> is missing");
      }
      return;
    }
    open_.push_back(name());
    attributes();
    if (take('/')) {
      open_.pop_back();
    }
    if (!take('>')) {
      fail("> is missing");
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  std::vector<std::string> ids_;
  std::string problem_;
};

}  // namespace aiot::test
