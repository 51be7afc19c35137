using System.Text.Json.Nodes;

namespace Rekey.Local.Tests.FunctionsHost.Support;

/// <summary>One line of a recording of the real host.</summary>
/// <param name="Time">Seconds since it began.</param>
/// <param name="Direction">Such as <c>host->worker</c>, or <c>driver</c> for what came from outside.</param>
/// <param name="Type">Of a message its name.</param>
/// <param name="Function">The function it belongs to.</param>
/// <param name="Stream">The worker process it belongs to.</param>
/// <param name="Data">The message as JSON.</param>
internal sealed record RecordedLine(double Time, string Direction, string Type, string Function, string Stream, JsonNode? Data)
{
    public string Event => Data is JsonObject data ? (string?)data["event"] ?? "" : "";

    public string Name => Data is JsonObject data ? (string?)data["name"] ?? "" : "";

    public string Text => (string?)Data!["text"] ?? "";
}
