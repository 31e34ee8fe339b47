// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <string>

#include "aiot/toolkit/random.hpp"
#include "aiot/toolkit/report/document.hpp"
#include "aiot/toolkit/report/spectrum.hpp"
#include "tests/support/test.hpp"
#include "tests/toolkit/markup.hpp"

namespace aiot::toolkit::report {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kNasty = "</text></svg><script>alert('1')</script> & \"x\" \x01 \xFF";

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

/// A spectrum of noise with peaks, with everything that a chart can have.
LineChart rich_chart(const std::string& name, std::size_t points) {
  Random random(3, 1);
  LineChart chart;
  chart.title = name;
  chart.caption = name;
  chart.x = {name, name, AxisScale::kLinear, {}, {}};
  chart.y = {name, name, AxisScale::kLog, {}, {}};
  Series series;
  series.name = name;
  series.x_step = 1000.0 / static_cast<double>(points);
  for (std::size_t i = 0; i < points; ++i) {
    series.y.push_back(random.between(0.0, 1.0));
  }
  chart.series = {series,
                  {name, {1.0, kNan, 2.0}, {0.0, 500.0, 1000.0}, 0.0, 1.0, SeriesStyle::kPoints}};
  chart.limits = {{0.5, name, Tone::kBad}, {kNan, name, Tone::kGood}, {0.51, name, Tone::kInfo}};
  chart.zones = {{-kInf, 0.1, name, Tone::kGood}, {0.1, kInf, name, Tone::kNotice}};
  chart.episodes = {{100.0, 200.0, name, Tone::kBad}, {900.0, kInf, name, Tone::kNotice}};
  mark_fault(chart, {name, 107.3, 5, 0.01, 29.9, 2});
  mark_shaft(chart, 29.9, 6);
  chart.markers.push_back({250.0, name, MarkerKind::kEvent, 0, 0.0});
  return chart;
}

/// One of each block, all texts `name`.
Document rich_document(const std::string& name) {
  Document document(name);
  document.subtitle(name).provenance({name, name});
  for (int i = 0; i < 3; ++i) {
    document.section(name).subsection(name).paragraph(name).list({name, name});
  }
  for (const Tone tone : {Tone::kNeutral, Tone::kInfo, Tone::kGood, Tone::kNotice, Tone::kBad}) {
    document.callout(tone, name, name);
    document.key_figures({{name, name, name, name, tone}});
    document.table({name,
                    {{name, Align::kText, {}}, {name, Align::kNumber, 10.0}},
                    {{{name, {}, tone}, cell(4.0, 1)}, {cell(name)}, {}}});
  }
  document.figure(rich_chart(name, 1000));
  document.figure(ConfusionMatrix{name, name, {name, name}, {5, 1, 0, 7}, name});
  document.figure(StripChart{name,
                             name,
                             {name, name, AxisScale::kLinear, {}, {}},
                             {{name, {{0.1, Verdict::kRight}, {0.9, Verdict::kWrong}}}, {name, {}}},
                             Limit{0.5, name, Tone::kBad}});
  document.figure(RocChart{
      name, name, {roc_curve(name, {0.1, 0.9, 0.8}, {false, true, true})}, {{name, 0.1, 0.9}}});
  document.figure(IntervalPlot{
      name,
      name,
      {name, name, AxisScale::kLinear, {}, {}},
      {{name, 0.7, 0.6, 0.8, Standing::kSound}, {name, 0.9, kNan, 1.0, Standing::kDoubtful}},
      Limit{0.25, name, Tone::kNeutral},
      2,
      name,
      name});
  return document;
}

TEST(Document, IsWellFormed) {
  EXPECT_EQ(test::Markup(rich_document("BPFO").html()).problem(), "");
}

TEST(Document, EscapesEveryText) {
  const std::string html = rich_document(kNasty).html();
  EXPECT_EQ(test::Markup(html).problem(), "");
  EXPECT_FALSE(contains(html, "<script"));
  EXPECT_FALSE(contains(html, "\x01"));
  EXPECT_FALSE(contains(html, "\xFF"));
}

TEST(Document, TheCheckFindsWhatIsNotWellFormed) {
  for (const char* const wrong : {"<p>",
                                  "<p></b>",
                                  "<p a=b></p>",
                                  "<p>&nbsp;</p>",
                                  "<p>a & b</p>",
                                  "<a id=\"x\"/><a id=\"x\"/>",
                                  "<p a=\"1\" a=\"2\"/>",
                                  "</p>"}) {
    EXPECT_NE(test::Markup(wrong).problem(), "") << wrong;
  }
  EXPECT_EQ(test::Markup("<p class=\"a\">b &amp; c<br/></p>").problem(), "");
}

TEST(Document, NeedsNothingFromElsewhere) {
  const std::string html = rich_document("BPFO").html();
  EXPECT_FALSE(contains(html, "src="));
  EXPECT_FALSE(contains(html, "<link"));
  EXPECT_FALSE(contains(html, "<script"));
  // The only address is the name of the namespace.
  EXPECT_EQ(count(html, "http"), 1U);
}

TEST(Document, TheSameCallsGiveTheSameBytes) {
  EXPECT_EQ(rich_document("BPFO").html(), rich_document("BPFO").html());
}

TEST(Document, SaysNoDataWhereThereAreNone) {
  Document document("empty");
  document.figure(LineChart{}).figure(StripChart{}).figure(RocChart{}).figure(IntervalPlot{});
  document.figure(ConfusionMatrix{}).table(Table{}).key_figures({}).list({});
  document.figure(ConfusionMatrix{"", "", {"a", "b"}, {1, 2, 3}, ""});  // not square
  LineChart chart = rich_chart("gaps", 50);
  for (Series& series : chart.series) {
    series.y.assign(series.y.size(), kNan);
  }
  document.figure(chart);
  const std::string html = document.html();
  EXPECT_EQ(count(html, ">no data<"), 8U);
  EXPECT_EQ(test::Markup(html).problem(), "");
}

TEST(Document, NoNumberIsWrittenThatIsNone) {
  Document document("odd values");
  for (const double odd : {kNan, kInf, -kInf, 0.0, -1.0, 1e300, 1e-300}) {
    LineChart chart = rich_chart("odd", 50);
    chart.series[0].y[3] = odd;
    chart.series[1].x[1] = odd;
    chart.limits.push_back({odd, "limit", Tone::kBad});
    chart.zones.push_back({odd, 1.0, "zone", Tone::kBad});
    chart.episodes.push_back({odd, odd, "episode", Tone::kBad});
    chart.markers.push_back({odd, "marker", MarkerKind::kFault, 1, odd});
    document.figure(chart);
    chart.y.scale = AxisScale::kLinear;
    chart.x = {"odd", "", AxisScale::kDate, odd, {}};
    document.figure(chart);
    document.figure(StripChart{"odd",
                               "",
                               {"score", "", AxisScale::kLinear, {}, {}},
                               {{"a", {{odd, Verdict::kRight}, {1.0, Verdict::kWrong}}}},
                               Limit{odd, "limit", Tone::kBad}});
    document.figure(IntervalPlot{
        "odd",
        "",
        {"value", "", AxisScale::kLinear, {}, {}},
        {{"a", odd, odd, odd, Standing::kSound}, {"b", 1.0, odd, 2.0, Standing::kDoubtful}},
        Limit{odd, "limit", Tone::kBad},
        2,
        "",
        ""});
    document.table({"", {{"v", Align::kNumber, odd}}, {{cell(odd, 2)}, {cell(1.0, 2)}}});
  }
  const std::string html = document.html();
  EXPECT_EQ(test::Markup(html).problem(), "");
  const std::string body = html.substr(html.find("</style>"));
  for (const char* const none : {"nan", "NaN", "inf\"", "Infinity", "inf ", ">inf"}) {
    EXPECT_FALSE(contains(body, none)) << none;
  }
}

TEST(Document, TenChartsOfLongSeriesStaySmall) {
  Document document("long");
  for (int i = 0; i < 10; ++i) {
    document.figure(rich_chart("long", 100000));
  }
  const std::string html = document.html();
  EXPECT_LT(html.size(), 1000000U);
}

TEST(Document, EveryPictureHasATitleAndADescription) {
  const std::string html = rich_document("BPFO").html();
  EXPECT_EQ(count(html, "<svg class=\"plot"), 8U);  // four charts in two widths
  EXPECT_EQ(count(html, "<desc id="), 8U);
  EXPECT_TRUE(contains(html, "BPFO x1 at 107.3 BPFO"));
}

TEST(Document, ListsItsSectionsFromTheThirdOn) {
  Document document("d");
  document.section("a").section("b");
  EXPECT_FALSE(contains(document.html(), "<nav"));
  document.section("c");
  EXPECT_TRUE(contains(document.html(), "<a href=\"#s3\">c</a>"));
}

TEST(ConfusionMatrix, CountsRecallAndPrecision) {
  const std::string html =
      render(ConfusionMatrix{"", "", {"a", "b"}, {999, 1, 50, 150}, "windows"});
  EXPECT_TRUE(contains(html, "<b>999</b><small>&gt;99"));
  EXPECT_TRUE(contains(html, "<b>1</b><small>&lt;1"));
  EXPECT_TRUE(contains(html, "<b>75\u202F%</b><small>of 200</small>"));
  EXPECT_TRUE(contains(html, "<b>96\u202F%</b><small>of 1200 windows</small>"));
}

TEST(RocCurve, AreaIsThePartOfPairsInOrder) {
  EXPECT_EQ(roc_curve("", {3.0, 1.0, 2.0}, {true, false, false}).area, 1.0);
  EXPECT_EQ(roc_curve("", {1.0, 1.0}, {true, false}).area, 0.5);
  EXPECT_EQ(roc_curve("", {1.0, 2.0, 3.0, 0.0}, {true, false, true, false}).area, 0.75);
  EXPECT_FALSE(roc_curve("", {1.0, kNan}, {true, false}).area.has_value());
}

TEST(StripChart, CountsTheRecordingsAndTheWrongOnes) {
  const Drawing drawing =
      draw(StripChart{"",
                      "",
                      {"Score", "", AxisScale::kLinear, {}, {}},
                      {{"normal", {{1.0, Verdict::kRight}, {3.0, Verdict::kWrong}}}},
                      std::nullopt});
  EXPECT_TRUE(contains(drawing.description, "normal: 2, 1 wrong, from 1 to 3."));
  EXPECT_TRUE(contains(drawing.wide.body, ">2, 1 wrong<"));
}

TEST(IntervalPlot, WritesValueAndInterval) {
  IntervalPlot plot;
  plot.x.label = "Accuracy";
  plot.rows = {{"honest", 0.742, 0.61, 0.84, Standing::kSound}};
  EXPECT_TRUE(contains(draw(plot).slim.body, ">0.74 [0.61, 0.84]<"));
}

TEST(LineChart, DrawsAPeakOfALongSeries) {
  LineChart chart;
  chart.y.from = 0.0;
  chart.y.to = 100.0;
  chart.height = 100.0;
  chart.series.resize(1);
  chart.series[0].y.assign(100000, 0.0);
  chart.series[0].y[54321] = 100.0;
  // One step up by the whole height, one down.
  const std::string body = draw(chart).wide.body;
  EXPECT_EQ(count(body, "-100 "), 1U);
}

TEST(LineChart, FaultsHaveDashesOfTheirOwnInTheLegend) {
  LineChart chart = rich_chart("BPFO", 100);
  mark_fault(chart, {"BPFI", 150.0, 1, 0.0, 0.0, 0});
  std::string first;
  for (const LegendEntry& entry : draw(chart).legend) {
    if (contains(entry.sample, "fault")) {
      const std::size_t at = entry.sample.find("stroke-dasharray");
      EXPECT_NE(entry.sample.substr(at), first);
      first = entry.sample.substr(at);
    }
  }
  EXPECT_FALSE(first.empty());
}

TEST(LineChart, NamesLimitsZonesAndEpisodes) {
  LineChart chart = rich_chart("x", 100);
  chart.limits = {{0.5, "alarm level", Tone::kBad}};
  chart.episodes = {{100.0, 200.0, "first alarm", Tone::kBad}};
  const Drawing drawing = draw(chart);
  for (const Picture* const picture : {&drawing.wide, &drawing.slim}) {
    EXPECT_TRUE(contains(picture->body, ">alarm level<"));
    EXPECT_TRUE(contains(picture->body, ">first alarm<"));
  }
}

}  // namespace
}  // namespace aiot::toolkit::report
