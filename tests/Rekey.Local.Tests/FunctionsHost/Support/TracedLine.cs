using System.Text.Json.Nodes;

namespace Rekey.Local.Tests.FunctionsHost.Support;

/// <summary>One thing that went between our host and its worker, in the words of the recordings.</summary>
internal sealed record TracedLine(TimeSpan Time, string Direction, string Type, string Function, int Worker, JsonNode? Data);
