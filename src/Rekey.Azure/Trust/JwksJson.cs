using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rekey.Azure.Trust;

/// <summary>The JSON context of published key sets.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(HttpPublishedJwks.KeySet))]
internal sealed partial class JwksJson : JsonSerializerContext;
