-- Successful changes in the directory that a person made, or that are about them.
SELECT Operation, Actor, Target0, Target1, AppId, max(TimeGenerated) AS At
FROM DirectoryAudit
WHERE (Result = '' OR Result = 'success') AND getvariable('AskedPerson') IN (Actor, Target0, Target1)
GROUP BY ALL
