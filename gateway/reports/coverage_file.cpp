#include "gateway/reports/coverage_file.h"

#include "gateway/share.h"
#include "gateway/yaml_settings.h"

#include <algorithm>

namespace tallyline::gateway {
namespace {

std::vector<std::string> names_in(const settings_reader& r, const YAML::Node& n) {
  if (n.IsScalar()) return {n.Scalar()};
  if (!n.IsSequence() || n.size() == 0) r.refuse(n.Mark(), "the name of a form is wanted here, or a list of them");
  std::vector<std::string> all;
  for (const auto& form : n)
    all.push_back(form.as<std::string>());
  return all;
}

void expected_of(const settings_reader& r, const YAML::Node& n, process& p) {
  if (n.IsScalar()) {
    if (n.Scalar() != "as_done" && n.Scalar() != "menu")
      r.refuse(
          n.Mark(),
          "as_done, menu, {one_per: station|office|candidate}, {count_of: FORM} or {step_after: FORM} is wanted here");
    p.expected = n.Scalar() == "menu" ? process::wants::menu : process::wants::as_done;
    return;
  }
  const auto counted = [&](process::wants how) {
    return [&r, &p, how](const YAML::Node& v) {
      p.counts = names_in(r, v);
      p.expected = how;
    };
  };
  r.section(n, "expected",
            {{"one_per",
              [&](const YAML::Node& v) {
                r.text(p.place)(v);
                if (p.place != "station" && p.place != "office" && p.place != "candidate")
                  r.refuse(v.Mark(), "station, office or candidate is wanted here");
                p.expected = process::wants::one_per_place;
              }},
             {"count_of", counted(process::wants::count_of)},
             {"step_after", counted(process::wants::step_after)}});
}

process process_of(const settings_reader& r, const YAML::Node& n) {
  process p;
  const auto forms = [&](bool corrections) {
    return [&r, &p, corrections](const YAML::Node& v) {
      if (!p.forms.empty()) r.refuse(v.Mark(), "a process has forms or corrections_of, not both");
      p.forms = names_in(r, v);
      p.corrections = corrections;
    };
  };
  r.section(n, "a process",
            {{"name", r.text(p.name)},
             {"says",
              [&](const YAML::Node& v) {
                if (!v.IsMap()) r.refuse(v.Mark(), "a text for each language is wanted here");
                for (auto text = v.begin(); text != v.end(); ++text)
                  p.says[text->first.as<std::string>()] = text->second.as<std::string>();
              }},
             {"forms", forms(false)},
             {"corrections_of", forms(true)},
             {"expected", [&](const YAML::Node& v) { expected_of(r, v, p); }}});
  if (p.name.empty() || p.forms.empty()) r.refuse(n.Mark(), "a process has a name, and forms or corrections_of");
  if (p.corrections && p.expected != process::wants::as_done)
    r.refuse(n.Mark(), "nobody can know before how many corrections there will be; leave out expected");
  return p;
}

} // namespace

std::vector<process> read_processes(const std::filesystem::path& file) {
  std::vector<process> all;
  const auto path = file.empty() ? shared_file("gateway/reports/coverage.yaml") : file;
  read_settings(path, "`tallyline report coverage` without --processes takes the one that ships",
                [&](const settings_reader& r, const YAML::Node& root) {
                  r.section(root, "the coverage", {{"processes", [&](const YAML::Node& n) {
                                                      if (!n.IsSequence())
                                                        r.refuse(n.Mark(), "a list of processes is wanted here");
                                                      for (const auto& item : n) {
                                                        all.push_back(process_of(r, item));
                                                        if (std::count_if(all.begin(), all.end(), [&](const auto& p) {
                                                              return p.name == all.back().name;
                                                            }) > 1)
                                                          r.refuse(item.Mark(), "this process is there twice");
                                                      }
                                                    }}});
                });
  if (all.empty()) throw std::runtime_error(path.string() + " names no process");
  return all;
}

} // namespace tallyline::gateway
