using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rekey.Azure.Http;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RestFailure))]
internal sealed partial class RestJson : JsonSerializerContext;
