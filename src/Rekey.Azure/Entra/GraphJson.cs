using System.Text.Json.Serialization;

namespace Rekey.Azure.Entra;

/// <summary>The JSON context for people and change subscriptions in Graph.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(GraphWire.DirectoryObject))]
[JsonSerializable(typeof(SubscriptionWire.Subscription))]
[JsonSerializable(typeof(SubscriptionWire.Page))]
[JsonSerializable(typeof(SubscriptionWire.Creation))]
[JsonSerializable(typeof(SubscriptionWire.Renewal))]
[JsonSerializable(typeof(GraphWire.AccountPage))]
internal sealed partial class GraphJson : JsonSerializerContext;
