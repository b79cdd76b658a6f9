#include "gateway/authoring/graph.h"
#include "tests/support/menu_phone.h"

using namespace tallyline;

TEST_CASE("every screen, form and choice is in the picture, whatever characters they are written in") {
  std::string source(tests::night_script);
  source.replace(source.find("en: Count,"), 10, "en: \"<Count> & \\\"more\\\"\",");
  const auto menu = tests::loaded(source);
  gateway::graph_options o;
  o.notes["count"] = "7 recorded";
  o.stopped["count"] = {{"ballots", 12}, {"", 3}};
  for (const auto& picture : {gateway::to_svg(*menu, o), gateway::to_mermaid(*menu, o)}) {
    for (const auto part :
         {"home", "Station …", "count", "7 recorded", "ballots: number ◂ 12 stopped", "not confirmed ◂ 3 stopped",
          "votes: a number for each", "must: 1, warn: 1", "1 &#60;Count&#62; &#38; &#34;more&#34;"})
      CHECK_MESSAGE(picture.find(part) != std::string::npos, part);
    CHECK(picture.find("<Count>") == std::string::npos);
  }
  CHECK(gateway::to_mermaid(*menu, o).starts_with("flowchart LR\n"));
}
