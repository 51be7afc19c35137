namespace Rekey.Azure.Tests.LogAnalytics.Parser;

/// <summary>The tests that share one parser.</summary>
[CollectionDefinition(nameof(KqlParser))]
public sealed class WithKqlParser : ICollectionFixture<KqlParser>;
