// node-smpp as an SMSC for short messages: a line in two parts, out of order, that fills a form; the PIN and the confirmation
// by further messages; a reply in parts is put together; a delivery receipt. Exits 0 when the receipt's text came.
'use strict';
const smpp = require(require.resolve('smpp', { paths: [process.env.TALLYLINE_INTEROP] }));

const fail = why => { console.error('node-smpp: ' + why); process.exit(1); };
const limit = setTimeout(() => fail('no receipt within 30 s'), 30000);
const number = '989120000003';
let answered = 0, parts = {}, seen = 0, last = 0;

smpp.createServer(session => {
  session.on('error', () => {});
  session.on('enquire_link', pdu => session.send(pdu.response()));
  session.on('unbind', pdu => session.send(pdu.response()));
  const say = (octets, more = {}) => session.deliver_sm(
    { source_addr: number, source_addr_ton: 1, source_addr_npi: 1, destination_addr: '140', data_coding: 0, short_message: octets, ...more },
    r => { if (r.command_status !== 0) fail('our SMS was refused: ' + r.command_status); ++answered; });
  session.on('bind_transceiver', pdu => {
    session.send(pdu.response({ system_id: 'node-smpp' }));
    const part = (n, text) => say(Buffer.concat([Buffer.from([5, 0, 3, 9, 2, n]), Buffer.from(text)]), { esm_class: 0x40 });
    part(2, '120, 45 7');
    part(1, 'COUNT 1 ');
  });
  session.on('submit_sm', pdu => {
    const id = 'id' + (++last);
    session.send(pdu.response({ message_id: id }));
    if (pdu.ussd_service_op !== undefined) fail('USSD in an SMS');
    let text = pdu.short_message.message.toString();
    const header = (pdu.short_message.udh || [])[0];
    if (header) { // several parts: node-smpp takes the header off
      parts[header[header.length - 1]] = text;
      if (Object.keys(parts).length < header[header.length - 2]) return;
      text = Object.keys(parts).sort().map(k => parts[k]).join('');
      parts = {};
    }
    console.log('node-smpp: ' + text.replace(/\n/g, ' | '));
    ++seen;
    if (/PIN/.test(text)) return say(Buffer.from('1234'));
    if (/Please check/.test(text)) {
      if (!/1=120/.test(text) || !/2=45/.test(text) || !/Invalid 7/.test(text)) fail('not what was sent: ' + text);
      return say(Buffer.from('1'));
    }
    if (/Receipt \d/.test(text)) {
      if (pdu.registered_delivery !== 1) fail('no delivery receipt was asked for');
      session.deliver_sm({ source_addr: number, destination_addr: '140', esm_class: 4,
        short_message: `id:${id} sub:001 dlvrd:001 submit date:2611241200 done date:2611241201 stat:DELIVRD err:000 text:` }, () => {
        clearTimeout(limit);
        if (answered < 4) fail('only ' + answered + ' of our messages were answered');
        console.log(`node-smpp: ${answered} messages answered, ${seen} replies`);
        setTimeout(() => process.exit(0), 300);
      });
      return;
    }
    fail('unexpected: ' + text);
  });
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('node-smpp: listening'));
