/** Of a broker that frames at random are sent to: what they may do to it stays small. */
export const settings = {
  'group.initial.rebalance.delay.ms': '0',
  'auto.create.topics.enable': 'false',
  'delete.topic.enable': 'false',
  'offsets.topic.num.partitions': '2',
};
