package main

import (
	"github.com/segmentio/kafka-go"

	. "skerry.test/clients/harness"
)

func adminCases() {
	Case("admin topics: created, described, grown, deleted", func(t *T) {
		name := topic(t, 1)
		cl := client(t)
		again := kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{{Topic: name, NumPartitions: 1, ReplicationFactor: 1}}}
		Is(Must(cl.CreateTopics(t, &again)).Errors[name], kafka.TopicAlreadyExists)
		grow := kafka.CreatePartitionsRequest{Topics: []kafka.TopicPartitionsConfig{{Name: name, Count: 3}}}
		Ok(Must(cl.CreatePartitions(t, &grow)).Errors[name])
		told := func() kafka.Topic {
			return Must(cl.Metadata(t, &kafka.MetadataRequest{Topics: []string{name}})).Topics[0]
		}
		t.Eventually("three", func() bool { return len(told().Partitions) == 3 })
		Ok(Must(cl.DeleteTopics(t, &kafka.DeleteTopicsRequest{Topics: []string{name}})).Errors[name])
		t.Eventually("it is gone", func() bool { return told().Error != nil })
		Is(Must(cl.DeleteTopics(t, &kafka.DeleteTopicsRequest{Topics: []string{name}})).Errors[name], kafka.UnknownTopicOrPartition)
	})
	Case("admin topics: by a bare connection", func(t *T) {
		name := t.Unique("bare")
		conn := Must(kafka.DialContext(t, "tcp", t.Bootstrap))
		defer conn.Close()
		Ok(conn.CreateTopics(kafka.TopicConfig{Topic: name, NumPartitions: 2, ReplicationFactor: 1}))
		t.Eventually("two", func() bool {
			partitions, err := conn.ReadPartitions(name)
			return err == nil && len(partitions) == 2
		})
		Ok(conn.DeleteTopics(name))
	})
	Case("admin configs: a topic's are described, altered one by one and as a whole", func(t *T) {
		name := topic(t, 1)
		cl := client(t)
		read := func(key string) string {
			of := kafka.DescribeConfigRequestResource{ResourceType: kafka.ResourceTypeTopic, ResourceName: name, ConfigNames: []string{key}}
			asked := kafka.DescribeConfigsRequest{Resources: []kafka.DescribeConfigRequestResource{of}}
			got := Must(cl.DescribeConfigs(t, &asked)).Resources[0]
			Ok(got.Error)
			return got.ConfigEntries[0].ConfigValue
		}
		change := func(op kafka.ConfigOperation, key, value, then string) {
			one := kafka.IncrementalAlterConfigsRequestConfig{Name: key, Value: value, ConfigOperation: op}
			of := kafka.IncrementalAlterConfigsRequestResource{
				ResourceType: kafka.ResourceTypeTopic, ResourceName: name,
				Configs: []kafka.IncrementalAlterConfigsRequestConfig{one},
			}
			request := kafka.IncrementalAlterConfigsRequest{Resources: []kafka.IncrementalAlterConfigsRequestResource{of}}
			Ok(Must(cl.IncrementalAlterConfigs(t, &request)).Resources[0].Error)
			t.Eventually(key+" is "+then, func() bool { return read(key) == then })
		}
		change(kafka.ConfigOperationSet, "retention.ms", "5000", "5000")
		change(kafka.ConfigOperationAppend, "cleanup.policy", "compact", "delete,compact")
		change(kafka.ConfigOperationDelete, "retention.ms", "", "604800000")
		whole := kafka.AlterConfigRequestResource{
			ResourceType: kafka.ResourceTypeTopic, ResourceName: name,
			Configs: []kafka.AlterConfigRequestConfig{{Name: "segment.bytes", Value: "2000000"}},
		}
		altered := Must(cl.AlterConfigs(t, &kafka.AlterConfigsRequest{Resources: []kafka.AlterConfigRequestResource{whole}}))
		for _, err := range altered.Errors {
			Ok(err)
		}
		t.Eventually("replaced", func() bool { return read("segment.bytes") == "2000000" && read("cleanup.policy") == "delete" })
	})
	Case("admin groups: listed, described, offsets set, read and removed, deleted", func(t *T) {
		name, group := topic(t, 1), t.Unique("group")
		cl := client(t)
		request := kafka.OffsetCommitRequest{GroupID: group, GenerationID: -1, Topics: map[string][]kafka.OffsetCommit{
			name: {{Partition: 0, Offset: 11, Metadata: "why"}},
		}}
		Ok(Must(cl.OffsetCommit(t, &request)).Topics[name][0].Error)
		Same("committed", int64(11), committed(t, group, name))
		found := false
		for _, one := range Must(cl.ListGroups(t, &kafka.ListGroupsRequest{})).Groups {
			found = found || one.GroupID == group
		}
		True("listed", found)
		Same("state", "Empty", describe(t, group).GroupState)
		removed := Must(cl.OffsetDelete(t, &kafka.OffsetDeleteRequest{GroupID: group, Topics: map[string][]int{name: {0}}}))
		Ok(removed.Error)
		Ok(removed.Topics[name][0].Error)
		Same("removed", int64(-1), committed(t, group, name))
		Is(Must(cl.DeleteGroups(t, &kafka.DeleteGroupsRequest{GroupIDs: []string{"no-" + group}})).Errors["no-"+group], kafka.GroupIdNotFound)
		coordinator := Must(cl.FindCoordinator(t, &kafka.FindCoordinatorRequest{Key: group, KeyType: kafka.CoordinatorKeyTypeConsumer}))
		Ok(coordinator.Error)
	})
	Case("admin quotas: set, described, removed", func(t *T) {
		id := t.Unique("quota")
		cl := client(t)
		alter := func(op kafka.AlterClientQuotaOps) {
			entry := kafka.AlterClientQuotaEntry{
				Entities: []kafka.AlterClientQuotaEntity{{EntityType: "client-id", EntityName: id}},
				Ops:      []kafka.AlterClientQuotaOps{op},
			}
			Ok(Must(cl.AlterClientQuotas(t, &kafka.AlterClientQuotasRequest{Entries: []kafka.AlterClientQuotaEntry{entry}})).Entries[0].Error)
		}
		described := func() []kafka.DescribeClientQuotasResponseQuotas {
			exact := kafka.DescribeClientQuotasRequestComponent{EntityType: "client-id", Match: id}
			got := Must(cl.DescribeClientQuotas(t, &kafka.DescribeClientQuotasRequest{
				Components: []kafka.DescribeClientQuotasRequestComponent{exact},
			}))
			Ok(got.Error)
			return got.Entries
		}
		alter(kafka.AlterClientQuotaOps{Key: "producer_byte_rate", Value: 1e6})
		t.Eventually("described", func() bool { return len(described()) == 1 })
		Same("value", 1e6, described()[0].Values[0].Value)
		alter(kafka.AlterClientQuotaOps{Key: "producer_byte_rate", Remove: true})
		t.Eventually("removed", func() bool { return len(described()) == 0 })
	})
	Case("admin other: leaders and reassignments", func(t *T) {
		name := topic(t, 1)
		cl := client(t)
		elected := Must(cl.ElectLeaders(t, &kafka.ElectLeadersRequest{Topic: name, Partitions: []int{0}, Timeout: 5e9}))
		Is(elected.PartitionResults[0].Error, kafka.ElectionNotNeeded)
		broker := Must(cl.Metadata(t, &kafka.MetadataRequest{})).Brokers[0].ID
		move := func(to int) error {
			one := kafka.AlterPartitionReassignmentsRequestAssignment{Topic: name, BrokerIDs: []int{to}}
			return Must(cl.AlterPartitionReassignments(t, &kafka.AlterPartitionReassignmentsRequest{
				Assignments: []kafka.AlterPartitionReassignmentsRequestAssignment{one}, Timeout: 5e9,
			})).PartitionResults[0].Error
		}
		Ok(move(broker))
		Is(move(broker+70), kafka.InvalidReplicaAssignment)
	})
	Case("admin other: what there is not without security is refused as by Kafka", func(t *T) {
		all := kafka.ACLFilter{
			ResourceTypeFilter: kafka.ResourceTypeAny, ResourcePatternTypeFilter: kafka.PatternTypeAny,
			Operation: kafka.ACLOperationTypeAny, PermissionType: kafka.ACLPermissionTypeAny,
		}
		Is(Must(client(t).DescribeACLs(t, &kafka.DescribeACLsRequest{Filter: all})).Error, kafka.SecurityDisabled)
	})
}
