using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rekey.Azure.ResourceManager;

/// <summary>The JSON context of Azure Resource Manager's wire.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ArmWire.Resource<ArmWire.Vault>), TypeInfoPropertyName = "VaultResource")]
[JsonSerializable(typeof(ArmWire.Page<ArmWire.Assignment>), TypeInfoPropertyName = "Assignments")]
[JsonSerializable(typeof(ArmWire.Resource<ArmWire.Role>), TypeInfoPropertyName = "RoleResource")]
[JsonSerializable(typeof(ArmWire.Page<ArmWire.Schedule>), TypeInfoPropertyName = "Schedules")]
[JsonSerializable(typeof(ArmWire.Page<ArmWire.Diagnostics>), TypeInfoPropertyName = "DiagnosticSettings")]
[JsonSerializable(typeof(ArmWire.Resource<ArmWire.Table>), TypeInfoPropertyName = "TableResource")]
[JsonSerializable(typeof(ArmWire.Page<ArmWire.Key>), TypeInfoPropertyName = "Keys")]
[JsonSerializable(typeof(ArmWire.Resource<ArmWire.Key>), TypeInfoPropertyName = "KeyResource")]
[JsonSerializable(typeof(ArmWire.Page<ArmWire.Federated>), TypeInfoPropertyName = "FederatedCredentials")]
[JsonSerializable(typeof(ArmWire.Provider))]
[JsonSerializable(typeof(ArmWire.Group))]
[JsonSerializable(typeof(ArmWire.NameQuestion))]
[JsonSerializable(typeof(ArmWire.NameAnswer))]
[JsonSerializable(typeof(ArmWire.Page<ArmWire.State>), TypeInfoPropertyName = "States")]
[JsonSerializable(typeof(ArmWire.Resource<ArmWire.State>), TypeInfoPropertyName = "StateResource")]
[JsonSerializable(typeof(ArmWire.RightsPage))]
[JsonSerializable(typeof(ArmWire.GraphQuery))]
[JsonSerializable(typeof(ArmWire.GraphResult))]
internal sealed partial class ArmJson : JsonSerializerContext;
