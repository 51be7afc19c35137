using Rekey.Exposures.Grades;

namespace Rekey.Exposures.Previews;

/// <summary>A key with everyone who could have used or taken it.</summary>
/// <param name="People">Their object ids, each with the kinds of its reasons.</param>
public sealed record CrowdedKey(string KeyId, IReadOnlyList<(string PersonId, IReadOnlyList<string> Kinds)> People, KeyGrade Grade);
