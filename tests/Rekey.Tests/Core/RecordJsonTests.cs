using System.Text.Json;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Rotations;

namespace Rekey.Tests.Core;

/// <summary>A row that somebody else wrote is no record only because it is JSON: what every use case relies on is there.</summary>
public sealed class RecordJsonTests
{
    [Theory]
    [InlineData(typeof(Rotation), """{"number":1}""")]
    [InlineData(typeof(Rotation), """{"number":1,"key":null}""")]
    [InlineData(typeof(Rotation), """{"number":1,"key":{"vaultUri":"https://kv.example","name":null}}""")]
    [InlineData(typeof(Rotation), """{"number":1,"key":{"vaultUri":"https://kv.example","name":"login"},"waiting":null}""")]
    [InlineData(typeof(Decision), """{"id":"d"}""")]
    [InlineData(typeof(Departure), """{"epoch":1}""")]
    public void What_lacks_what_its_record_needs_is_no_record(Type type, string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize(json, type, RecordJson.Options));

    [Fact]
    public void What_may_be_missing_may_be_missing()
    {
        var rotation = JsonSerializer.Deserialize<Rotation>(
            """{"number":1,"key":{"vaultUri":"https://kv.example","name":"login"}}""",
            RecordJson.Options
        )!;
        Assert.Empty(rotation.Waiting);
        var request = new RotationRequest("cause", Urgency.Graceful, DateTimeOffset.UnixEpoch, DecisionId: null);
        Assert.Equal(
            request,
            JsonSerializer.Deserialize<RotationRequest>(JsonSerializer.Serialize(request, RecordJson.Options), RecordJson.Options)
        );
    }
}
