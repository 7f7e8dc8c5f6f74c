//go:build never

package clients

import (
	_ "github.com/IBM/sarama"
	_ "github.com/segmentio/kafka-go"
)
