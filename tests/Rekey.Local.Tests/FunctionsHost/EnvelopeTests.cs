using System.Text.Json.Nodes;
using Cronos;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Envelopes;

namespace Rekey.Local.Tests.FunctionsHost;

public sealed class EnvelopeTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("hello", "\"hello\"")]
    [InlineData("""{"a":1}""", """
        "{\"a\":1}"
        """)]
    [InlineData("[1]", "\"[1]\"")]
    public void A_queue_message_arrives_as_a_string_in_a_string(string message, string expected) =>
        Assert.Equal(expected.Trim(), (string?)Queue(message)["Data"]!["msg"]);

    [Fact]
    public void Metadata_of_a_message_has_inner_quotes_on_text_and_plain_dates()
    {
        var metadata = Queue("x")["Metadata"]!;
        Assert.Equal("\"m-1\"", (string?)metadata["Id"]);
        Assert.Equal("3", (string?)metadata["DequeueCount"]);
        Assert.Equal("2026-05-04T10:00:00+00:00", (string?)metadata["InsertionTime"]);
        Assert.Equal("Work", (string?)metadata["sys"]!["MethodName"]);
        Assert.Equal("2026-05-04T10:00:00Z", (string?)metadata["sys"]!["UtcNow"]);
        Assert.False(metadata.AsObject().ContainsKey("QueueTrigger"));
    }

    [Fact]
    public void Members_of_a_message_shadow_the_metadata()
    {
        var metadata = Queue("""{"id":"forged","DequeueCount":0,"list":[1],"inner":{"b":1},"someTrigger":1,"DequeueCount":7}""")["Metadata"]!.AsObject();
        Assert.Equal("\"forged\"", (string?)metadata["Id"]);
        Assert.Equal("7", (string?)metadata["DequeueCount"]);
        Assert.Equal(1, (int?)metadata["inner"]!["b"]);
        Assert.False(metadata.ContainsKey("id"));
        Assert.False(metadata.ContainsKey("list"));
        Assert.False(metadata.ContainsKey("someTrigger"));
    }

    [Theory]
    [InlineData("{broken")]
    [InlineData("[{\"Id\":1}]")]
    public void Other_text_shadows_nothing(string message) => Assert.Equal("\"m-1\"", (string?)Queue(message)["Metadata"]!["Id"]);

    [Fact]
    public void An_event_arrives_as_an_object_with_its_data_in_metadata()
    {
        var envelope = Envelope.EventGrid("E", new EventGridTriggerDefinition("ev", Many: false), JsonNode.Parse("""{"id":"1","data":{"x":2}}"""), Now);
        Assert.Equal("1", (string?)envelope["Data"]!["ev"]!["id"]);
        Assert.Equal(2, (int?)envelope["Metadata"]!["data"]!["x"]);
        Assert.Equal(["data", "sys"], envelope["Metadata"]!.AsObject().Select(member => member.Key).Order());
    }

    [Fact]
    public void Event_data_that_is_no_object_and_many_events_become_strings()
    {
        var one = Envelope.EventGrid("E", new EventGridTriggerDefinition("ev", Many: false), JsonNode.Parse("""{"data":"text"}"""), Now);
        Assert.Equal("\"text\"", (string?)one["Metadata"]!["data"]);
        var many = Envelope.EventGrid("E", new EventGridTriggerDefinition("ev", Many: true), JsonNode.Parse("[{}]"), Now);
        Assert.Equal("[{}]", (string?)many["Data"]!["ev"]);
    }

    [Fact]
    public void A_timer_has_its_schedule_status_and_retry_context()
    {
        var trigger = new TimerTriggerDefinition("timer", CronExpression.Parse("0 */5 * * * *", CronFormat.IncludeSeconds), UseMonitor: true, RunOnStartup: false);
        var status = new TimerStatus(Now.AddMinutes(-5), Now, Now.AddMinutes(-5));
        var envelope = Envelope.Timer("T", trigger, status, isPastDue: true, new RetryContext(1, 3, "why"), Now);
        Assert.Equal("2026-05-04T09:55:00+00:00", (string?)envelope["Data"]!["timer"]!["ScheduleStatus"]!["Last"]);
        Assert.True((bool?)envelope["Data"]!["timer"]!["IsPastDue"]);
        Assert.True((bool?)envelope["Data"]!["timer"]!["Schedule"]!["AdjustForDST"]);
        Assert.Equal(1, (int?)envelope["Metadata"]!["RetryContext"]!["RetryCount"]);
        Assert.Null(Envelope.Timer("T", trigger, null, isPastDue: false, null, Now)["Data"]!["timer"]!["ScheduleStatus"]);
    }

    private static JsonObject Queue(string text) =>
        Envelope.Queue("Work", new QueueTriggerDefinition("msg", "work", ""), new QueueFacts(text, "m-1", "r", 3, Now, Now.AddDays(7), Now.AddMinutes(10)), Now);
}
