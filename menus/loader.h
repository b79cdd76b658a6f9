// From the tree of a script to the model. Internal to menus/script.
#pragma once

#include "menus/model.h"
#include "menus/yaml_tree.h"

#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace tallyline::menus {

class loader {
public:
  loader(findings& found, script& out) : found_(found), out_(out) {
    for (const auto& l : out.languages)
      language_tags_.push_back(l.tag); // of a script whose head was read before
  }

  // The script's own tree, then those of its includes.
  void script_of(const std::deque<yaml_node>& trees);
  // The engine's own texts, from the shared file or from the script's `texts:`. Only the shared file may know more
  // languages.
  void own_texts(const yaml_node& map, bool shared);
  void require_own_texts(const yaml_node& root);

private:
  // --- loader.cpp: the head of the script
  void languages(const yaml_node* n, const yaml_node& root);
  void digits(const yaml_node& n);
  void calendars(const yaml_node& n);
  void who(const yaml_node* n, const yaml_node& root);
  std::string service_code(const yaml_node& n);
  void keys(const yaml_node& n);
  void key_set_of(const yaml_node& n, key_set& set, bool answers);

  // --- loader_parts.cpp: what every part needs
  // False and an error when it is no map or a key is unknown (the map may still be read).
  bool known_keys(const yaml_node& n, std::string_view owner, std::initializer_list<std::string_view> known);
  static const yaml_node* find(const yaml_node& map, std::string_view key);
  const yaml_node* need(const yaml_node& map, std::string_view key, std::string_view owner);
  bool list(const yaml_node& n, std::string_view owner);
  std::optional<std::string> scalar(const yaml_node& n, std::string_view owner);
  bool flag(const yaml_node& n, bool& out);
  bool identifier(const yaml_node& n);
  std::uint16_t one_of(const yaml_node& n, const std::vector<std::string>& names, std::string_view what);
  std::optional<program> expression(const yaml_node& n, const name_table& names);
  text_id text(const yaml_node& n, const name_table& names, bool shared = false);
  bool text_in(const yaml_node& n, const name_table& names, text_id id, std::size_t language);
  text_id new_text();
  std::uint64_t fields_in(text_id id) const;

  // The entries of a map that may be spread over the script and its includes.
  struct entry {
    const yaml_node* name;
    const yaml_node* what;
  };
  std::vector<entry> spread(const std::deque<yaml_node>& trees, std::string_view key);
  surroundings around() const;
  void looks_back(const std::vector<std::uint16_t>& forms);
  void queues(const std::vector<std::string>& forms);

  // --- loader_screens.cpp
  void screens(const std::vector<entry>& all, std::size_t at);
  void screen_of(const yaml_node& n, screen& s);
  void choice_of(const yaml_node& n, screen& s);
  void number_choices(screen& s);

  // --- loader_forms.cpp
  void forms(const std::vector<entry>& all);
  void sms_of(const yaml_node& n, form& f);
  void reason_of(const yaml_node& n, form& f);
  void deadline_of(const yaml_node& n, deadline& d);
  void corrections_of(const yaml_node& n, form& f);
  // --- loader_steps.cpp
  void step_of(const yaml_node& n, form& f);
  void once_of(const yaml_node& n, form& f);
  void follows_of(const yaml_node& n, form& f);
  void steps_fit();
  // --- loader_chase.cpp
  void expected_of(const yaml_node& n, form& f);
  void reminders_of(const yaml_node& n, form& f);
  // --- loader_acts.cpp: what a form does on the roster
  void does_of(const yaml_node& n, const yaml_node& whole, form& f);
  void act_parts(const yaml_node& n, form& f);
  void by_of(const yaml_node& n, question& q);
  void ticket_of(const yaml_node& n, question& q);
  // --- loader_shapes.cpp: what a form asks, before any expression is read
  void shapes(const std::vector<entry>& all);
  void form_of(const yaml_node& n, form& f);
  void one_per(const yaml_node* n, form& f);
  void rule_of(const yaml_node& n, form& f, const name_table& names);
  void feeds(const yaml_node& n, form& f);
  void feed_of(const yaml_node& n, form& f);
  std::uint16_t question_named(const yaml_node& n, const form& f);

  // --- loader_questions.cpp
  void question_of(const yaml_node& n, form& f, name_table& names);
  bool kind_of(const yaml_node& n, question& q, const name_table& names, name_table& inner);
  void each_of(const yaml_node& n, question& q, const name_table& names, name_table& inner, bool& fine);
  void extras_of(const yaml_node& n, question& q, const name_table& names);
  bool list_of_entities(const yaml_node& n, question& q, const name_table& names, name_table& inner);
  void limits_of(const yaml_node& n, question& q, const name_table& inner, type is, std::string_view owner);
  void list_of_numbers(const yaml_node& n, question& q, const name_table& inner);
  void phone_of(const yaml_node& n, question& q);
  std::optional<program> literal_or_expression(const yaml_node& n, const name_table& names, type is);
  void line_of(const yaml_node& n, question& q);
  void options_of(const yaml_node& n, question& q);
  static type type_of(const question& q);

  findings& found_;
  script& out_;
  name_table everywhere_; // the scope and the person
  std::vector<std::string> screen_names_, form_names_, language_tags_;
  std::vector<form_shape> shapes_;
  bool in_form_ = false;
};

} // namespace tallyline::menus
