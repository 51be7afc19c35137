namespace Rekey.Azure.Tests.Support;

/// <summary>The tests that share one Azurite.</summary>
[CollectionDefinition(nameof(Azurite))]
public sealed class WithAzurite : ICollectionFixture<Azurite>;
