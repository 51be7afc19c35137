using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rekey.Azure.Entra;

/// <summary>The JSON context for principals in Graph.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PrincipalWire.GetByIds))]
[JsonSerializable(typeof(PrincipalWire.ObjectPage))]
[JsonSerializable(typeof(PrincipalWire.ServicePrincipal))]
[JsonSerializable(typeof(PrincipalWire.CredentialHolder))]
[JsonSerializable(typeof(PrincipalWire.FederatedPage))]
internal sealed partial class PrincipalJson : JsonSerializerContext;
