package main

import (
	"errors"
	"fmt"

	"github.com/IBM/sarama"

	. "skerry.test/clients/harness"
)

func withAdmin(name string, body func(t *T, adm sarama.ClusterAdmin)) {
	Case(name, func(t *T) {
		adm := admin(t)
		defer adm.Close()
		body(t, adm)
	})
}

func adminCases() {
	one := &sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 1}
	withAdmin("admin topics: created, listed, described, deleted", func(t *T, adm sarama.ClusterAdmin) {
		name := topic(t, 3, "retention.ms", "123456")
		listed := Must(adm.ListTopics())[name]
		Same("partitions", int32(3), listed.NumPartitions)
		Same("setting", "123456", *listed.ConfigEntries["retention.ms"])
		described := Must(adm.DescribeTopics([]string{name}))[0]
		Same("described", 3, len(described.Partitions))
		Is(adm.CreateTopic(name, one, false), sarama.ErrTopicAlreadyExists)
		Ok(adm.DeleteTopic(name))
		t.Eventually("it is gone", func() bool { _, there := Must(adm.ListTopics())[name]; return !there })
		Is(adm.DeleteTopic(name), sarama.ErrUnknownTopicOrPartition)
	})
	withAdmin("admin topics: what cannot be is refused, validation makes nothing", func(t *T, adm sarama.ClusterAdmin) {
		name := t.Unique("refused")
		Ok(adm.CreateTopic(name, one, true))
		_, there := Must(adm.ListTopics())[name]
		True("nothing is made", !there)
		Is(adm.CreateTopic(name, &sarama.TopicDetail{NumPartitions: 0, ReplicationFactor: 1}, false), sarama.ErrInvalidPartitions)
		Is(adm.CreateTopic(name, &sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 9}, false), sarama.ErrInvalidReplicationFactor)
		Is(adm.CreateTopic("a/b", one, false), sarama.ErrInvalidTopic)
	})
	withAdmin("admin topics: partitions are added", func(t *T, adm sarama.ClusterAdmin) {
		name := topic(t, 1)
		Ok(adm.CreatePartitions(name, 3, nil, true))
		Ok(adm.CreatePartitions(name, 3, nil, false))
		t.Eventually("three", func() bool { return Must(adm.ListTopics())[name].NumPartitions == 3 })
		Is(adm.CreatePartitions(name, 2, nil, false), sarama.ErrInvalidPartitions)
	})
	withAdmin("admin configs: a topic's are described, altered one by one and as a whole", func(t *T, adm sarama.ClusterAdmin) {
		name := topic(t, 1)
		change := func(op sarama.IncrementalAlterConfigsOperation, key string, value *string, then string) {
			entry := map[string]sarama.IncrementalAlterConfigsEntry{key: {Operation: op, Value: value}}
			Ok(adm.IncrementalAlterConfig(sarama.TopicResource, name, entry, false))
			t.Eventually(key+" is "+then, func() bool { return setting(adm, name, key) == then })
		}
		change(sarama.IncrementalAlterConfigsOperationSet, "retention.ms", Ref("5000"), "5000")
		change(sarama.IncrementalAlterConfigsOperationAppend, "cleanup.policy", Ref("compact"), "delete,compact")
		change(sarama.IncrementalAlterConfigsOperationSubtract, "cleanup.policy", Ref("delete"), "compact")
		change(sarama.IncrementalAlterConfigsOperationDelete, "retention.ms", nil, "604800000")
		Ok(adm.AlterConfig(sarama.TopicResource, name, map[string]*string{"segment.bytes": Ref("2000000")}, true))
		Same("validated only", "1073741824", setting(adm, name, "segment.bytes"))
		Ok(adm.AlterConfig(sarama.TopicResource, name, map[string]*string{"segment.bytes": Ref("2000000")}, false))
		t.Eventually("replaced", func() bool {
			return setting(adm, name, "segment.bytes") == "2000000" && setting(adm, name, "cleanup.policy") == "delete"
		})
		True("refused", adm.AlterConfig(sarama.TopicResource, name, map[string]*string{"retention.ms": Ref("soon")}, false) != nil)
	})
	withAdmin("admin configs: the broker's are described", func(t *T, adm sarama.ClusterAdmin) {
		brokers, _, err := adm.DescribeCluster()
		Ok(err)
		entries := Must(adm.DescribeConfig(sarama.ConfigResource{Type: sarama.BrokerResource, Name: fmt.Sprint(brokers[0].ID())}))
		True("many", len(entries) > 100)
	})
	withAdmin("admin groups: listed, described, their offsets read and removed, deleted", func(t *T, adm sarama.ClusterAdmin) {
		name, group := topic(t, 2), t.Unique("group")
		send(t, name, 0, 5)
		reader := join(t, name, group)
		reader.holds(t, 2)
		reader.reads(t, 5)
		Same("listed", "consumer", Must(adm.ListConsumerGroups())[group])
		members := describe(t, group).Members
		Same("members", 1, len(members))
		for _, one := range members {
			Same("assigned", 2, len(Must(one.GetMemberAssignment()).Topics[name]))
		}
		Is(adm.DeleteConsumerGroup(group), sarama.ErrNonEmptyGroup)
		Is(adm.DeleteConsumerGroupOffset(group, name, 0), sarama.ErrGroupSubscribedToTopic)
		reader.leave()
		at := func() int64 {
			return Must(adm.ListConsumerGroupOffsets(group, map[string][]int32{name: {0}})).GetBlock(name, 0).Offset
		}
		Same("committed", int64(5), at())
		batch := Must(adm.ListConsumerGroupOffsetsBatch(map[string]map[string][]int32{group: {name: {0}}}))
		Same("in a batch", int64(5), batch[group].Blocks[name][0].Offset)
		Ok(adm.DeleteConsumerGroupOffset(group, name, 0))
		Same("removed", int64(-1), at())
		Ok(adm.DeleteConsumerGroup(group))
		Is(adm.DeleteConsumerGroup(group), sarama.ErrGroupIDNotFound)
		Same("coordinator", Must(adm.Controller()).ID(), Must(adm.Coordinator(group)).ID())
	})
	withAdmin("admin records: deleted below an offset", func(t *T, adm sarama.ClusterAdmin) {
		name := topic(t, 1)
		send(t, name, 0, 10)
		Ok(adm.DeleteRecords(name, map[int32]int64{0: 4}))
		Same("left", Numbered(4, 10), values(read(t, name, 0, oldest, 6)))
		True("out of range", adm.DeleteRecords(name, map[int32]int64{0: 99}) != nil)
	})
	withAdmin("admin quotas: set, described, removed", func(t *T, adm sarama.ClusterAdmin) {
		id := t.Unique("quota")
		entity := []sarama.QuotaEntityComponent{{EntityType: sarama.QuotaEntityClientID, MatchType: sarama.QuotaMatchExact, Name: id}}
		exact := []sarama.QuotaFilterComponent{{EntityType: sarama.QuotaEntityClientID, MatchType: sarama.QuotaMatchExact, Match: id}}
		Ok(adm.AlterClientQuotas(entity, sarama.ClientQuotasOp{Key: "consumer_byte_rate", Value: 1e6}, true))
		Same("validated only", 0, len(Must(adm.DescribeClientQuotas(exact, true))))
		Ok(adm.AlterClientQuotas(entity, sarama.ClientQuotasOp{Key: "consumer_byte_rate", Value: 1e6}, false))
		t.Eventually("described", func() bool {
			found := Must(adm.DescribeClientQuotas(exact, true))
			return len(found) == 1 && found[0].Values["consumer_byte_rate"] == 1e6
		})
		Ok(adm.AlterClientQuotas(entity, sarama.ClientQuotasOp{Key: "consumer_byte_rate", Remove: true}, false))
		t.Eventually("removed", func() bool { return len(Must(adm.DescribeClientQuotas(exact, true))) == 0 })
	})
	withAdmin("admin other: cluster, log dirs, leaders, reassignments", func(t *T, adm sarama.ClusterAdmin) {
		name := topic(t, 1)
		send(t, name, 0, 100)
		brokers, controller, err := adm.DescribeCluster()
		Ok(err)
		Same("the controller", brokers[0].ID(), controller)
		size := int64(0)
		for _, dir := range Must(adm.DescribeLogDirs([]int32{controller}))[controller] {
			for _, of := range dir.Topics {
				if of.Topic == name {
					size += of.Partitions[0].Size
				}
			}
		}
		True("it has bytes", size > 100)
		elected := Must(adm.ElectLeaders(sarama.PreferredElection, map[string][]int32{name: {0}}))
		Same("election", sarama.ErrElectionNotNeeded, elected[name][0].ErrorCode)
		Ok(adm.AlterPartitionReassignments(name, [][]int32{{controller}}))
		True("nowhere else", adm.AlterPartitionReassignments(name, [][]int32{{controller + 70}}) != nil)
		Same("under way", 0, len(Must(adm.ListPartitionReassignments(name, []int32{0}))[name]))
	})
	withAdmin("admin other: what there is not without security is refused as by Kafka", func(t *T, adm sarama.ClusterAdmin) {
		_, err := adm.ListAcls(sarama.AclFilter{Version: 1, ResourceType: sarama.AclResourceAny, ResourcePatternTypeFilter: sarama.AclPatternAny, Operation: sarama.AclOperationAny, PermissionType: sarama.AclPermissionAny})
		True("access lists", errors.Is(err, sarama.ErrSecurityDisabled))
		Same("users", 0, len(Must(adm.DescribeUserScramCredentials(nil))))
	})
}

func setting(adm sarama.ClusterAdmin, topic, name string) string {
	entries := Must(adm.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: topic, ConfigNames: []string{name}}))
	Same("settings", 1, len(entries))
	return entries[0].Value
}
