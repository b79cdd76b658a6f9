#include "gateway/terminal/texts.h"

namespace tallyline::gateway {
namespace {

std::string_view english(phrase p) {
  switch (p) {
  case phrase::greeting:
    return "tallyline: {0}\nYou can report here. Write help for what else can be said.";
  case phrase::ask_number:
    return "Your phone number: ";
  case phrase::ask_pin:
    return "Your PIN: ";
  case phrase::login_wrong:
    return "Number or PIN is not right.";
  case phrase::login_locked:
    return "This number is locked for a while. Your supervisor can unlock it.";
  case phrase::login_enough:
    return "That was too often. Goodbye.";
  case phrase::no_menu:
    return "There is no menu for you now. You can send a file: write send. To go: bye.";
  case phrase::choose_menu:
    return "Which menu?";
  case phrase::again:
    return "Enter: the menu again. bye: hang up. ";
  case phrase::help:
    return "Answer as on the phone, each answer with Enter. Ctrl-U takes back the line, Ctrl-C shows the page again.";
  case phrase::commands:
    return "send        send a file of reports (send ymodem: by YMODEM)\n"
           "menu        another menu, or the first page\n"
           "width 40    columns of the screen, 40 or 80\n"
           "ansi on     bold lines and a cleared screen; ansi off\n"
           "charset X   utf-8, latin-1 or windows-1256\n"
           "bye         hang up\n"
           "Where words are the answer, write a slash before these: /help";
  case phrase::send_how:
    return "Send the file now, by {0}. Five times Ctrl-X ends it.";
  case phrase::send_login:
    return "Please log in first, then send the file.";
  case phrase::no_file:
    return "No file came: {0}.";
  case phrase::file_begins:
    return "{0}:";
  case phrase::row:
    return "line {0}: {1}";
  case phrase::row_about:
    return "line {0}: {1}: {2}";
  case phrase::row_confirm:
    return "line {0}: {1} Correct it, or write {2} in its column confirm.";
  case phrase::file_end:
    return "{0} recorded, {1} refused.";
  case phrase::file_again:
    return "Correct these lines and send the file again: what is recorded stays one record.";
  case phrase::not_a_file:
    return "{0}: {1}.";
  case phrase::unreadable:
    return "The line was disturbed. Please write it again.";
  case phrase::bad_width:
    return "A width from 20 to 200 is wanted, such as: width 40";
  case phrase::bad_charset:
    return "There are: utf-8, latin-1, windows-1256";
  case phrase::charset_now:
    return "From now on: {0}";
  case phrase::busy:
    return "One moment: what was sent is being recorded.";
  case phrase::idle:
    return "Nothing came for {0} seconds. What you have answered is kept. Goodbye.";
  case phrase::noise:
    return "The line is too noisy to be read. Please call again; what you have answered is kept.";
  case phrase::bye:
    return "Goodbye.";
  }
  return {};
}

// Empty where it is the same as in English, or nobody has written it yet.
std::string_view persian(phrase p) {
  switch (p) {
  case phrase::greeting:
    return "tallyline: {0}\nاینجا می‌توانید گزارش دهید. برای راهنما بنویسید: "
           "help";
  case phrase::ask_number:
    return "شماره تلفن شما: ";
  case phrase::ask_pin:
    return "رمز شما: ";
  case phrase::login_wrong:
    return "شماره یا رمز درست نیست.";
  case phrase::login_locked:
    return "این شماره برای مدتی بسته است. سرپرست شما می‌تواند آن را "
           "باز "
           "کند.";
  case phrase::login_enough:
    return "تلاش‌ها بیش از اندازه بود. خدانگهدار.";
  case phrase::no_menu:
    return "اکنون منویی برای شما نیست. برای فرستادن پرونده: send، برای پایان: bye";
  case phrase::choose_menu:
    return "کدام منو؟";
  case phrase::again:
    return "Enter: دوباره منو. bye: پایان. ";
  case phrase::help:
    return "مانند تلفن پاسخ دهید و پس از هر پاسخ Enter بزنید. Ctrl-U سطر را پاک می‌کند، Ctrl-C "
           "صفحه "
           "را "
           "دوباره "
           "نشان "
           "می‌دهد.";
  case phrase::send_how:
    return "اکنون پرونده را با {0} بفرستید. پنج بار Ctrl-X آن را پایان "
           "می‌دهد.";
  case phrase::send_login:
    return "نخست وارد شوید، سپس پرونده را بفرستید.";
  case phrase::no_file:
    return "پرونده‌ای نرسید: {0}.";
  case phrase::row:
    return "سطر {0}: {1}";
  case phrase::row_about:
    return "سطر {0}: {1}: {2}";
  case phrase::row_confirm:
    return "سطر {0}: {1} اصلاح کنید، یا در ستون confirm بنویسید: {2}";
  case phrase::file_end:
    return "{0} ثبت شد، {1} پذیرفته نشد.";
  case phrase::file_again:
    return "این سطرها را اصلاح کنید و پرونده را دوباره بفرستید؛ آنچه ثبت شده یک رکورد "
           "می‌ماند.";
  case phrase::unreadable:
    return "خط نویز داشت. دوباره بنویسید.";
  case phrase::busy:
    return "کمی صبر کنید: در حال ثبت است.";
  case phrase::idle:
    return "{0} ثانیه چیزی نرسید. پاسخ‌های شما نگه داشته شد. خدانگهدار.";
  case phrase::noise:
    return "خط آن‌قدر نویز دارد که خوانده نمی‌شود. دوباره تماس بگیرید؛ "
           "پاسخ‌های "
           "شما "
           "نگه "
           "داشته "
           "شد.";
  case phrase::bye:
    return "خدانگهدار.";
  default:
    return {};
  }
}

} // namespace

std::string_view phrase_in(phrase p, std::string_view language) {
  if (language.substr(0, 2) == "fa")
    if (const auto words = persian(p); !words.empty()) return words;
  return english(p);
}

} // namespace tallyline::gateway
