// node-smpp as an SMSC that lets the gateway open dialogues: a text that is shown (USSN), then the menu on a phone that did
// not dial (USSR), answered to the receipt. The network names the dialogue in its own way. Exits 0 when the receipt came.
'use strict';
const smpp = require(require.resolve('smpp', { paths: [process.env.TALLYLINE_INTEROP] }));

const fail = why => { console.error('node-smpp: ' + why); process.exit(1); };
const limit = setTimeout(() => fail('no receipt within 30 s'), 30000);
const number = '989120000004', answers = ['1', '1234', '1', '120', '45', '7', '1'];
let noticed = false, at = -1;

smpp.createServer(session => {
  session.on('error', () => {});
  session.on('enquire_link', pdu => session.send(pdu.response()));
  session.on('unbind', pdu => session.send(pdu.response()));
  session.on('bind_transceiver', pdu => {
    session.send(pdu.response({ system_id: 'node-smpp' }));
    console.log('node-smpp: bound');
  });
  const say = (op, text, its) => session.deliver_sm({
    service_type: 'USSD', source_addr: number, destination_addr: '140', short_message: Buffer.from(text), data_coding: 0x0F,
    ussd_service_op: op, its_session_info: its });
  session.on('submit_sm', pdu => {
    session.send(pdu.response({ message_id: 'x' }));
    const text = pdu.short_message.message.toString(), its = pdu.its_session_info;
    if (pdu.destination_addr !== number) fail('a page for ' + pdu.destination_addr);
    if (pdu.ussd_service_op === 3) {
      if (!/turnout/.test(text) || !(its[1] & 1)) fail('no notice: ' + text);
      noticed = true;
      return say(19, '', Buffer.from([its[0], 0]));
    }
    if (pdu.ussd_service_op === 17) {
      if (!/Receipt \d/.test(text)) fail('no receipt: ' + text);
      if (!noticed) fail('the notice never came');
      if (its[0] !== 0x77) fail('not by the network\'s own session: ' + its.toString('hex'));
      clearTimeout(limit);
      console.log('node-smpp: notice shown; ' + text);
      return setTimeout(() => process.exit(0), 200);
    }
    if (pdu.ussd_service_op !== 2) fail('a page with op ' + pdu.ussd_service_op);
    if (++at === 0 && !/Station/.test(text)) fail('not the first page: ' + text);
    say(18, answers[at], Buffer.from([0x77, 0]));
  });
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('node-smpp: listening'));
