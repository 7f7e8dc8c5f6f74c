package main

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	. "skerry.test/clients/harness"
)

func adminCases() {
	topicCases()
	configCases()
	adminGroupCases()
	recordCases()
	quotaCases()
	otherCases()
}

func withAdmin(name string, body func(t *T, adm *kadm.Client)) {
	Case(name, func(t *T) {
		adm := admin(t)
		defer adm.Close()
		body(t, adm)
	})
}

func topicCases() {
	withAdmin("admin topics: created, listed, described, deleted", func(t *T, adm *kadm.Client) {
		name := topic(t, 3)
		detail := Must(adm.ListTopics(t, name))[name]
		Ok(detail.Err)
		Same("partitions", []int32{0, 1, 2}, detail.Partitions.Numbers())
		True("it has an id", detail.ID != kadm.TopicID{})
		Same("replicas", 1, len(detail.Partitions[0].Replicas))
		_, err := adm.CreateTopic(t, 1, 1, nil, name)
		Is(err, kerr.TopicAlreadyExists)
		Ok(Must(adm.DeleteTopic(t, name)).Err)
		t.Eventually("it is gone", func() bool { return Must(adm.ListTopics(t, name))[name].Err != nil })
		Is(Must(adm.DeleteTopics(t, name))[name].Err, kerr.UnknownTopicOrPartition)
	})
	withAdmin("admin topics: what cannot be is refused, validation makes nothing", func(t *T, adm *kadm.Client) {
		name := t.Unique("refused")
		Ok(Must(adm.ValidateCreateTopics(t, 1, 1, nil, name))[name].Err)
		Is(Must(adm.ListTopics(t, name))[name].Err, kerr.UnknownTopicOrPartition)
		Is(Must(adm.CreateTopics(t, 0, 1, nil, name))[name].Err, kerr.InvalidPartitions)
		Is(Must(adm.CreateTopics(t, 1, 9, nil, name))[name].Err, kerr.InvalidReplicationFactor)
		Is(Must(adm.CreateTopics(t, 1, 1, nil, "a/b"))["a/b"].Err, kerr.InvalidTopicException)
		wrong := map[string]*string{"retention.ms": Ref("soon")}
		Is(Must(adm.CreateTopics(t, 1, 1, wrong, name))[name].Err, kerr.InvalidConfig)
		Ok(Must(adm.CreateTopics(t, -1, -1, nil, name))[name].Err)
	})
	withAdmin("admin topics: partitions are added", func(t *T, adm *kadm.Client) {
		name := topic(t, 1)
		Ok(Must(adm.ValidateCreatePartitions(t, 2, name))[name].Err)
		Ok(Must(adm.CreatePartitions(t, 2, name))[name].Err)
		t.Eventually("three", func() bool { return len(Must(adm.ListTopics(t, name))[name].Partitions) == 3 })
		Is(Must(adm.UpdatePartitions(t, 2, name))[name].Err, kerr.InvalidPartitions)
	})
	withAdmin("admin topics: by id, and paged", func(t *T, adm *kadm.Client) {
		name := topic(t, 5)
		cl := client(t)
		defer cl.Close()
		byID := kmsg.NewMetadataRequestTopic()
		byID.TopicID = Must(adm.ListTopics(t, name))[name].ID
		request := kmsg.NewPtrMetadataRequest()
		request.Topics = append(request.Topics, byID)
		Same("name", name, *Must(request.RequestWith(t, cl)).Topics[0].Topic)
		paged := kmsg.NewPtrDescribeTopicPartitionsRequest()
		paged.ResponsePartitionLimit = 3
		asked := kmsg.NewDescribeTopicPartitionsRequestTopic()
		asked.Topic = name
		paged.Topics = append(paged.Topics, asked)
		page := Must(paged.RequestWith(t, cl))
		Same("first page", 3, len(page.Topics[0].Partitions))
		Same("the next", int32(3), page.NextCursor.Partition)
	})
}

func setting(t *T, topic, name string) string {
	adm := admin(t)
	defer adm.Close()
	configs := Must(Must(adm.DescribeTopicConfigs(t, topic)).On(topic, nil))
	Ok(configs.Err)
	for _, one := range configs.Configs {
		if one.Key == name {
			return one.MaybeValue()
		}
	}
	Fail("no setting %s", name)
	return ""
}

func configCases() {
	alter := func(op kadm.IncrementalOp, name, value string) []kadm.AlterConfig {
		return []kadm.AlterConfig{{Op: op, Name: name, Value: &value}}
	}
	withAdmin("admin configs: a topic's are set, appended, subtracted and deleted", func(t *T, adm *kadm.Client) {
		name := topic(t, 1)
		change := func(op kadm.IncrementalOp, key, value, then string) {
			Ok(Must(Must(adm.AlterTopicConfigs(t, alter(op, key, value), name)).On(name, nil)).Err)
			t.Eventually(key+" is "+then, func() bool { return setting(t, name, key) == then })
		}
		change(kadm.SetConfig, "retention.ms", "5000", "5000")
		change(kadm.SetConfig, "cleanup.policy", "delete", "delete")
		change(kadm.AppendConfig, "cleanup.policy", "compact", "delete,compact")
		change(kadm.SubtractConfig, "cleanup.policy", "delete", "compact")
		change(kadm.DeleteConfig, "retention.ms", "", "604800000")
		refused := Must(Must(adm.AlterTopicConfigs(t, alter(kadm.SetConfig, "retention.ms", "soon"), name)).On(name, nil))
		Is(refused.Err, kerr.InvalidConfig)
	})
	withAdmin("admin configs: validation changes nothing, a whole state replaces", func(t *T, adm *kadm.Client) {
		name := topic(t, 1, "retention.ms", "7000")
		state := alter(kadm.SetConfig, "segment.bytes", "2000000")
		Ok(Must(Must(adm.ValidateAlterTopicConfigs(t, state, name)).On(name, nil)).Err)
		Ok(Must(Must(adm.ValidateAlterTopicConfigsState(t, state, name)).On(name, nil)).Err)
		Same("unchanged", "7000", setting(t, name, "retention.ms"))
		Ok(Must(Must(adm.AlterTopicConfigsState(t, state, name)).On(name, nil)).Err)
		t.Eventually("replaced", func() bool {
			return setting(t, name, "segment.bytes") == "2000000" && setting(t, name, "retention.ms") == "604800000"
		})
	})
	withAdmin("admin configs: the broker's are described and altered", func(t *T, adm *kadm.Client) {
		broker := Must(adm.ListBrokers(t))[0].NodeID
		of := fmt.Sprint(broker)
		read := func(key string) *kadm.Config {
			for _, one := range Must(Must(adm.DescribeBrokerConfigs(t, broker)).On(of, nil)).Configs {
				if one.Key == key {
					return &one
				}
			}
			Fail("no setting %s", key)
			return nil
		}
		True("it has a listener", read("listeners").MaybeValue() != "")
		Ok(Must(Must(adm.ValidateAlterBrokerConfigs(t, alter(kadm.SetConfig, "log.segment.bytes", "3000000"), broker)).On(of, nil)).Err)
		Ok(Must(Must(adm.AlterBrokerConfigs(t, alter(kadm.SetConfig, "log.segment.bytes", "3000000"), broker)).On(of, nil)).Err)
		t.Eventually("altered", func() bool { return read("log.segment.bytes").MaybeValue() == "3000000" })
		True("it tells the default", len(read("log.segment.bytes").Synonyms) > 1)
		Ok(Must(Must(adm.AlterBrokerConfigs(t, alter(kadm.DeleteConfig, "log.segment.bytes", ""), broker)).On(of, nil)).Err)
		t.Eventually("as before", func() bool { return read("log.segment.bytes").MaybeValue() == "1073741824" })
	})
	withAdmin("admin configs: resources are listed", func(t *T, adm *kadm.Client) {
		name := topic(t, 1)
		found := false
		listed := Must(adm.ListConfigResources(t))
		Ok(listed.Err)
		for _, one := range listed.Resources {
			found = found || one.Type == kmsg.ConfigResourceTypeTopic && one.Name == name
		}
		True("the topic is listed", found)
	})
}

func adminGroupCases() {
	withAdmin("admin groups: listed, described, their lag told", func(t *T, adm *kadm.Client) {
		name, group := topic(t, 2), t.Unique("group")
		send(t, name, 0, 5)
		one := join(t, name, group)
		one.holds(t, 2)
		listed := Must(adm.ListGroups(t, "Stable"))[group]
		Same("listed", "consumer Stable", listed.ProtocolType+" "+listed.State)
		_, there := Must(adm.ListGroups(t, "Empty"))[group]
		True("not among the empty", !there)
		_, there = Must(adm.ListGroupsByType(t, []string{"classic"}))[group]
		True("among the classic", there)
		described := describe(t, group)
		Same("members", 1, len(described.Members))
		Same("assigned", "[0 1]", fmt.Sprint(described.AssignedPartitions().Sorted()[0].Partitions))
		Same("coordinator", Must(adm.ListBrokers(t))[0].NodeID, described.Coordinator.NodeID)
		one.leave()
		send(t, name, 5, 8)
		lag := Must(adm.Lag(t, group))[group]
		Ok(lag.Error())
		Same("lag", int64(3), lag.Lag[name][0].Lag)
		never := t.Unique("never")
		Is(Must(adm.DescribeGroups(t, never))[never].Err, kerr.GroupIDNotFound)
		Same("coordinators", 1, len(adm.FindGroupCoordinators(t, group)))
	})
	withAdmin("admin groups: offsets are set, read for many, removed; groups deleted", func(t *T, adm *kadm.Client) {
		name, group := topic(t, 2), t.Unique("group")
		offsets := kadm.Offsets{}
		offsets.AddOffset(name, 0, 11, -1)
		offsets.AddOffset(name, 1, 12, -1)
		Ok(Must(adm.CommitOffsets(t, group, offsets)).Error())
		many := adm.FetchManyOffsets(t, group, t.Unique("never"))
		Ok(many.Error())
		at, _ := many[group].Fetched.Lookup(name, 1)
		Same("offset", int64(12), at.At)
		removed := kadm.TopicsSet{}
		removed.Add(name, 1)
		Ok(Must(adm.DeleteOffsets(t, group, removed))[name][1])
		_, there := Must(adm.FetchOffsets(t, group)).Lookup(name, 1)
		True("removed", !there)
		Ok(Must(adm.DeleteGroups(t, group))[group].Err)
		Is(Must(adm.DeleteGroups(t, group))[group].Err, kerr.GroupIDNotFound)
	})
	withAdmin("admin groups: a running group is not deleted, nor its offsets", func(t *T, adm *kadm.Client) {
		name, group := topic(t, 1), t.Unique("group")
		one := join(t, name, group)
		defer one.leave()
		one.holds(t, 1)
		Is(Must(adm.DeleteGroups(t, group))[group].Err, kerr.NonEmptyGroup)
		set := kadm.TopicsSet{}
		set.Add(name, 0)
		Is(Must(adm.DeleteOffsets(t, group, set))[name][0], kerr.GroupSubscribedToTopic)
		offsets := kadm.Offsets{}
		offsets.AddOffset(name, 0, 1, -1)
		committed, _ := Must(adm.CommitOffsets(t, group, offsets)).Lookup(name, 0)
		Is(committed.Err, kerr.UnknownMemberID)
	})
}

func recordCases() {
	withAdmin("admin records: deleted below an offset, or all", func(t *T, adm *kadm.Client) {
		name := topic(t, 1)
		send(t, name, 0, 10)
		below := func(at int64) kadm.DeleteRecordsResponse {
			offsets := kadm.Offsets{}
			offsets.AddOffset(name, 0, at, -1)
			return Must(adm.DeleteRecords(t, offsets))[name][0]
		}
		deleted := below(4)
		Ok(deleted.Err)
		Same("start", int64(4), deleted.LowWatermark)
		Same("left", Numbered(4, 10), values(read(t, name, 0, start, 6)))
		Is(below(99).Err, kerr.OffsetOutOfRange)
		Same("all", int64(10), below(-1).LowWatermark)
		Same("start", int64(10), Must(adm.ListStartOffsets(t, name))[name][0].Offset)
	})
}

func quotaCases() {
	withAdmin("admin quotas: set, described, removed", func(t *T, adm *kadm.Client) {
		id := t.Unique("quota")
		entity := kadm.ClientQuotaEntity{{Type: "client-id", Name: &id}}
		exact := []kadm.DescribeClientQuotaComponent{{Type: "client-id", MatchName: &id, MatchType: kmsg.QuotasMatchTypeExact}}
		set := []kadm.AlterClientQuotaEntry{{Entity: entity, Ops: []kadm.AlterClientQuotaOp{
			{Key: "producer_byte_rate", Value: 1_000_000}, {Key: "request_percentage", Value: 50},
		}}}
		Ok(Must(adm.ValidateAlterClientQuotas(t, set))[0].Err)
		Same("validated only", 0, len(Must(adm.DescribeClientQuotas(t, true, exact))))
		Ok(Must(adm.AlterClientQuotas(t, set))[0].Err)
		t.Eventually("described", func() bool {
			found := Must(adm.DescribeClientQuotas(t, true, exact))
			return len(found) == 1 && len(found[0].Values) == 2
		})
		set[0].Ops = []kadm.AlterClientQuotaOp{{Key: "producer_byte_rate", Remove: true}, {Key: "request_percentage", Remove: true}}
		Ok(Must(adm.AlterClientQuotas(t, set))[0].Err)
		t.Eventually("removed", func() bool { return len(Must(adm.DescribeClientQuotas(t, true, exact))) == 0 })
		set[0].Ops = []kadm.AlterClientQuotaOp{{Key: "no_such_quota", Value: 1}}
		Is(Must(adm.AlterClientQuotas(t, set))[0].Err, kerr.InvalidRequest)
	})
}

func otherCases() {
	withAdmin("admin other: the cluster, its versions and features", func(t *T, adm *kadm.Client) {
		metadata := Must(adm.BrokerMetadata(t))
		Same("brokers", 1, len(metadata.Brokers))
		cl := client(t)
		defer cl.Close()
		cluster := Must(kmsg.NewPtrDescribeClusterRequest().RequestWith(t, cl))
		Same("the cluster's id", metadata.Cluster, cluster.ClusterID)
		versions := Must(adm.ApiVersions(t))[metadata.Brokers[0].NodeID]
		Ok(versions.Err)
		newest, _ := versions.KeyMaxVersion(0)
		True("produce v13 and so on", newest >= 13)
		nope := Must(adm.UpdateFeatures(t, false, kadm.FeatureUpdate{Feature: "nope", MaxVersionLevel: 1, UpgradeType: 1}))["nope"]
		True("an unknown feature is refused", nope.Err != nil)
	})
	withAdmin("admin other: log dirs", func(t *T, adm *kadm.Client) {
		name := topic(t, 1)
		send(t, name, 0, 100)
		set := kadm.TopicsSet{}
		set.Add(name, 0)
		found := 0
		for _, dirs := range Must(adm.DescribeAllLogDirs(t, set)) {
			for _, dir := range dirs {
				Ok(dir.Err)
				found++
				True("it has bytes", dir.Topics[name][0].Size > 100)
			}
		}
		Same("dirs", 1, found)
		nowhere := kadm.AlterReplicaLogDirsReq{}
		nowhere.Add("/no/such/dir", set)
		for _, moved := range Must(adm.AlterAllReplicaLogDirs(t, nowhere)) {
			Is(moved[name][0].Err, kerr.LogDirNotFound)
		}
	})
	withAdmin("admin other: leaders and reassignments", func(t *T, adm *kadm.Client) {
		name := topic(t, 1)
		set := kadm.TopicsSet{}
		set.Add(name, 0)
		Is(Must(adm.ElectLeaders(t, kadm.ElectPreferredReplica, set))[name][0].Err, kerr.ElectionNotNeeded)
		broker := Must(adm.ListBrokers(t))[0].NodeID
		move := func(to int32) error {
			request := kadm.AlterPartitionAssignmentsReq{}
			request.Assign(name, 0, []int32{to})
			return Must(adm.AlterPartitionAssignments(t, request))[name][0].Err
		}
		Ok(move(broker))
		Is(move(broker+70), kerr.InvalidReplicaAssignment)
		Same("under way", 0, len(Must(adm.ListPartitionReassignments(t, set))))
	})
	withAdmin("admin other: producers and epochs", func(t *T, adm *kadm.Client) {
		name := topic(t, 1)
		send(t, name, 0, 5)
		set := kadm.TopicsSet{}
		set.Add(name, 0)
		producers := Must(adm.DescribeProducers(t, set)).SortedProducers()
		Same("producers", 1, len(producers))
		Same("last sequence", int32(4), producers[0].LastSequence)
		request := kadm.OffsetForLeaderEpochRequest{}
		request.Add(name, 0, 0)
		epoch := Must(adm.OffsetForLeaderEpoch(t, request))[name][0]
		Same("end of the epoch", int64(5), epoch.EndOffset)
	})
	withAdmin("admin other: what there is not without security is refused as by Kafka", func(t *T, adm *kadm.Client) {
		any := kadm.NewACLs().AnyResource().Allow().AllowHosts().Operations(kadm.OpAny)
		described := Must(adm.DescribeACLs(t, any.ResourcePatternType(kadm.ACLPatternAny)))
		Is(described[0].Err, kerr.SecurityDisabled)
		_, err := adm.DescribeDelegationTokens(t)
		True("tokens are refused", err != nil)
		Same("users", 0, len(Must(adm.DescribeUserSCRAMs(t))))
	})
	withAdmin("admin other: the quorum", func(t *T, adm *kadm.Client) {
		cl := client(t)
		defer cl.Close()
		request := kmsg.NewPtrDescribeQuorumRequest()
		asked := kmsg.NewDescribeQuorumRequestTopic()
		asked.Topic = "__cluster_metadata"
		asked.Partitions = append(asked.Partitions, kmsg.NewDescribeQuorumRequestTopicPartition())
		request.Topics = append(request.Topics, asked)
		quorum := Must(request.RequestWith(t, cl))
		Ok(kerr.ErrorForCode(quorum.ErrorCode))
		Same("voters", 1, len(quorum.Topics[0].Partitions[0].CurrentVoters))
	})
}
