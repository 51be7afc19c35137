using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>The JSON context of the query API's wire.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(LogsWire.Request))]
[JsonSerializable(typeof(LogsWire.Failure))]
[JsonSerializable(typeof(LogsWire.FailureBody))]
[JsonSerializable(typeof(LogsWire.Column[]))]
internal sealed partial class LogsJson : JsonSerializerContext;
