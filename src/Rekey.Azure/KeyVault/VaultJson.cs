using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rekey.Azure.KeyVault;

/// <summary>The one JSON context of the vault's wire.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VaultWire.Bundle))]
[JsonSerializable(typeof(VaultWire.Page))]
[JsonSerializable(typeof(VaultWire.Change))]
[JsonSerializable(typeof(VaultWire.SignRequest))]
[JsonSerializable(typeof(VaultWire.SignReply))]
[JsonSerializable(typeof(VaultWire.VerifyRequest))]
[JsonSerializable(typeof(VaultWire.VerifyReply))]
[JsonSerializable(typeof(VaultWire.Failure))]
internal sealed partial class VaultJson : JsonSerializerContext;
